{#- Event leaves as columns. What a feature column counts already is read there; every other count (event,
    window, campaign types, signal) is one column of int_contact_event_counts, whoever asks for it. -#}

{#- The column of `features` that an event leaf compares. -#}
{% macro segment_event_column(leaf, fields) %}
    {%- if 'campaign_type' not in leaf and leaf.get('signal', 'human') == 'human' -%}
        {%- set counted = segment_events(fields)[leaf['event']] -%}
        {%- if leaf.get('within_days') in counted -%}
            {%- do return(counted[leaf.get('within_days')]) -%}
        {%- endif -%}
    {%- endif -%}
    {%- do return(segment_event_name(leaf)) -%}
{% endmacro %}

{#- The name of a count, as event_open_any_newsletter_45d or event_click_ever: the same for all leaves that count
    the same. -#}
{% macro segment_event_name(leaf) %}
    {%- set words = ['event', leaf['event']] -%}
    {%- if leaf.get('signal') == 'any' -%}
        {%- do words.append('any') -%}
    {%- endif -%}
    {%- do words.extend(segment_campaign_types(leaf)) -%}
    {%- set days = leaf.get('within_days') -%}
    {%- do words.append('ever' if days is none else days ~ 'd') -%}
    {%- do return(words | join('_')) -%}
{% endmacro %}

{#- The campaign types of an event leaf, each once and sorted; none where all events count. -#}
{% macro segment_campaign_types(leaf) %}
    {%- set given = leaf.get('campaign_type', []) -%}
    {%- do return(([given] if given is string else given) | unique | sort | list) -%}
{% endmacro %}

{#- name -> {event, within_days (none: ever), campaign_types (none listed: all events), signal} of every count that the
    rules need beyond the features, in the order of names: the same rules give the same table. -#}
{% macro segment_event_columns(rules, fields) %}
    {%- set found = {} -%}
    {%- for rule in rules if rule.get('where') is not none -%}
        {%- for leaf in segment_leaves_of(rule['where']) if 'event' in leaf -%}
            {%- set column = segment_event_column(leaf, fields) -%}
            {%- if column not in fields -%}
                {%- do found.update({column: {
                    'event': leaf['event'], 'within_days': leaf.get('within_days'),
                    'campaign_types': segment_campaign_types(leaf),
                    'signal': leaf.get('signal', 'human'),
                }}) -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- do return(dict(found | dictsort)) -%}
{% endmacro %}
