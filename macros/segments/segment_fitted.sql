{#- Columns that are fitted to the data, as fields of rules. They are known at the current date only, so they are joined
    to the features where a rule asks for them, and null at the dates before. -#}

{#- name in var `fitted` -> {model: its relation, a row per contact at the current date; fields: those of its documented
    columns that rules may read -> {what sentences call it, as in segment_column_words(); ages: true for days that grow by
    one each day, or dates that stay, as far as today's fit tells}; unfitted: those that rules may ask also where var
    `fitted` leaves them out, because shipped segments do, and their kinds: they are missing then}. Whatever else is
    fitted becomes fields by an entry here. The model must not read segments. -#}
{% macro segment_fitted_groups() %}
    {%- do return({
        'lifetimes': {'model': 'contact_lifetime_fields', 'fields': segment_lifetime_words()},
        'clusters': {'model': 'contact_clusters', 'fields': {
            'cluster': {'en': 'cluster', 'fr': 'le cluster', 'null': {
                'en': ['is in no cluster', 'is in a cluster'],
                'fr': ["n'est dans aucun cluster", 'est dans un cluster'],
            }},
            'cluster_name': {'en': 'name of the cluster', 'fr': 'le nom du cluster'},
        }},
        'uplift': {
            'model': 'contact_uplift_fields',
            'fields': {
                'uplift_group': {'en': 'uplift group', 'fr': "le groupe d'uplift"},
                'predicted_uplift': {
                    'en': 'predicted change of the chance to act when treated',
                    'fr': "l'effet prédit du traitement sur la probabilité d'agir",
                },
            },
            'unfitted': {'uplift_group': 'text', 'predicted_uplift': 'number'},
        },
    }) -%}
{% endmacro %}

{% macro segment_lifetime_words() %}
    {%- set words = {
        'buyer_probability_alive': {
            'en': 'chance to still be a buyer', 'fr': "la chance d'être encore acheteur",
        },
        'buyer_inactive_on': {
            'en': 'personal date of inactivity as a buyer', 'fr': "la date d'inactivité personnelle comme acheteur",
            'ages': true,
        },
        'buyer_days_past_threshold': {
            'en': 'time since the personal date of inactivity as a buyer',
            'fr': "le temps depuis la date d'inactivité personnelle comme acheteur",
            'unit': 'days', 'ages': true,
        },
        'buyer_is_past_threshold': {'en': 'verdict on the silence as a buyer', 'fr': "le verdict sur le silence comme acheteur", 'is': {
            'en': ['has not bought for longer than the own rhythm explains', 'has not been without an order for longer than the own rhythm explains'],
            'fr': ["n'achète plus depuis plus longtemps que son rythme ne l'explique", "n'est pas sans achat depuis plus longtemps que son rythme ne l'explique"],
        }},
        'buyer_expectation_percentile': {
            'en': 'place among buyers by orders expected', 'fr': 'la place parmi les acheteurs par commandes attendues',
        },
        'expected_value_365d': {
            'en': 'revenue expected in the next 365 days',
            'fr': "le chiffre d'affaires attendu des 365 prochains jours", 'unit': 'currency',
        },
        'reader_probability_alive': {
            'en': 'chance to still be a reader', 'fr': "la chance d'être encore lecteur",
        },
        'reader_inactive_on': {
            'en': 'personal date of inactivity as a reader', 'fr': "la date d'inactivité personnelle comme lecteur",
        },
        'reader_days_past_threshold': {
            'en': 'time since the personal date of inactivity as a reader',
            'fr': "le temps depuis la date d'inactivité personnelle comme lecteur", 'unit': 'days',
        },
        'reader_is_past_threshold': {'en': 'verdict on the silence as a reader', 'fr': "le verdict sur le silence comme lecteur", 'is': {
            'en': ['has left more messages unread than the own habit explains', 'has not left more messages unread than the own habit explains'],
            'fr': ["a laissé plus de messages sans réaction que son habitude ne l'explique", "n'a pas laissé plus de messages sans réaction que son habitude ne l'explique"],
        }},
        'reader_expectation_percentile': {
            'en': 'place among readers by engagements expected', 'fr': 'la place parmi les lecteurs par engagements attendus',
        },
    } -%}
    {%- for days in [30, 90, 365] -%}
        {%- do words.update({
            'expected_orders_' ~ days ~ 'd': {
                'en': 'number of orders expected in the next ' ~ days ~ ' days',
                'fr': 'le nombre de commandes attendu des ' ~ days ~ ' prochains jours',
            },
            'expected_engagements_' ~ days ~ 'd': {
                'en': 'number of engagements expected in the next ' ~ days ~ ' days',
                'fr': "le nombre d'engagements attendu des " ~ days ~ ' prochains jours',
            },
        }) -%}
    {%- endfor -%}
    {%- do return(words) -%}
{% endmacro %}

{% macro segment_is_fitted(name) %}
    {%- do return(name in (var('fitted', none) or [])) -%}
{% endmacro %}

{#- Tells dbt while it parses that the relations of all groups are read: rules are not known yet then. -#}
{% macro segment_fitted_refs() -%}
    {%- for name, group in segment_fitted_groups().items() if not execute and segment_is_fitted(name) %}
-- depends_on: {{ ref(group['model']) }}
    {%- endfor %}
{%- endmacro %}

{#- name -> kind of the fields of all groups that are fitted. -#}
{% macro segment_fitted_fields() %}
    {%- set fields = {} -%}
    {%- for name, group in segment_fitted_groups().items() -%}
        {%- if segment_is_fitted(name) -%}
            {%- for column, kind in segment_documented_columns(group['model']).items()
                if column in group['fields'] -%}
                {%- do fields.update({column: kind}) -%}
            {%- endfor -%}
        {%- else -%}
            {%- do fields.update(group.get('unfitted', {})) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- do return(fields) -%}
{% endmacro %}

{#- field -> what sentences call it, of all groups. -#}
{% macro segment_fitted_words() %}
    {%- set words = {} -%}
    {%- for group in segment_fitted_groups().values() -%}
        {%- do words.update(group['fields']) -%}
    {%- endfor -%}
    {%- do return(words) -%}
{% endmacro %}

{#- name in var `fitted` -> the fields of it that rules read, in the order in which they stand there. -#}
{% macro segment_fitted_columns(rules) %}
    {%- set owners = segment_fitted_owners() -%}
    {%- set found = {} -%}
    {%- for rule in rules if rule.get('where') is not none -%}
        {%- for leaf in segment_leaves_of(rule['where']) if leaf.get('field') in owners -%}
            {%- set columns = found.setdefault(owners[leaf['field']], []) -%}
            {%- if leaf['field'] not in columns -%}
                {%- do columns.append(leaf['field']) -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- do return(found) -%}
{% endmacro %}

{#- field -> name in var `fitted`; a custom field hides one of its name. -#}
{% macro segment_fitted_owners() %}
    {%- set owners = {} -%}
    {%- for name, group in segment_fitted_groups().items() -%}
        {%- for field in group['fields'] -%}
            {%- do owners.update({field: name}) -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- for custom in var('custom_fields') or [] -%}
        {%- do owners.pop(custom.name, none) -%}
    {%- endfor -%}
    {%- do return(owners) -%}
{% endmacro %}

{#- segment -> the fitted fields on which it rests -> name in var `fitted`: those of its own rule and of whatever
    decides before it. Segments that rest on none are left out. -#}
{% macro segment_fitted_by_segment(rules) %}
    {%- set owners = segment_fitted_owners() -%}
    {%- set own = {} -%}
    {%- for rule in rules if rule.get('where') is not none -%}
        {%- for leaf in segment_leaves_of(rule['where']) if leaf.get('field') in owners -%}
            {%- do own.setdefault(rule['name'], {}).update({leaf['field']: owners[leaf['field']]}) -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- set found = {} -%}
    {%- for segment, rule in (segment_rules_resolved(rules) if own else {}).items() -%}
        {%- for name in rule['names'] if name in own -%}
            {%- do found.setdefault(segment, {}).update(own[name]) -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- do return(found) -%}
{% endmacro %}

{#- Expectations about the past of segments that have none: they would be broken, and the segment held back, for no
    fault of its own. -#}
{% macro segment_fitted_errors(rules) %}
    {%- set resting = segment_fitted_by_segment(rules) -%}
    {%- set errors = [] -%}
    {%- for rule in rules if rule['name'] in resting -%}
        {%- for key in ['monthly_jaccard', 'flap_rate', 'predictive'] if key in (rule.get('expect') or {}) -%}
            {%- do errors.append(
                rule['name'] ~ '.expect.' ~ key ~ ': looks at the past, and the segment rests on '
                ~ resting[rule['name']].keys() | join(', ')
                ~ ', known at the current date only; accepted here: contacts, share_of_parent'
            ) -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- do return(errors) -%}
{% endmacro %}

{#- Why a field that is in no vocabulary is not there, none where nothing is known of it. -#}
{% macro segment_not_fitted_reason(field) %}
    {%- for name, group in segment_fitted_groups().items() if field in group['fields'] and not segment_is_fitted(name) -%}
        {%- do return(
            'is fitted by ' ~ name ~ ', which var fitted leaves out; add ' ~ name ~ ' to it, or ask another field'
        ) -%}
    {%- endfor -%}
    {%- do return(none) -%}
{% endmacro %}
