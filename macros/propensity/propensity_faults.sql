{#- What cannot be meant in var `propensity`, in the words of src/winback/propensity/settings.py, and
    which features are no numbers of int_contact_features. -#}
{% macro propensity_faults() %}
    {%- set faults = [] -%}
    {%- set held = var('propensity', none) -%}
    {%- if held is not mapping -%}
        {%- do faults.append(setting_fault('propensity', held if held else none, "a mapping (docs/propensity.md)")) -%}
        {{ return(faults) }}
    {%- endif -%}
    {%- set whole = {
        'test_dates': 1, 'sample': 100, 'test_sample': 100, 'trees': 10, 'min_leaf': 1,
        'min_contacts': 50, 'min_outcomes': 10, 'seed': 0,
    } -%}
    {%- set known = ['targets', 'algorithms', 'features', 'max_auc'] + (whole | list) -%}
    {%- for name in held if name not in known -%}
        {%- do faults.append(
            "propensity: found `" ~ name ~ "`, expected only " ~ known | join(', ') ~ "."
        ) -%}
    {%- endfor -%}

    {%- do faults.extend(propensity_target_faults(held.get('targets'))) -%}

    {%- set algorithms = held.get('algorithms') -%}
    {%- set known = ['logistic', 'forest'] -%}
    {%- if algorithms is string or algorithms is mapping or algorithms is not sequence or not algorithms
        or algorithms | reject('in', known) | list or algorithms | unique | list | length < algorithms | length -%}
        {%- do faults.append(setting_fault('propensity: algorithms', algorithms if algorithms else none,
            "a list of " ~ known | join(', ') ~ ", each once, the preferred one first"
        )) -%}
    {%- endif -%}

    {%- do faults.extend(propensity_feature_faults(held.get('features'))) -%}

    {%- set highest = held.get('max_auc') -%}
    {%- if highest is not number or highest is boolean or highest <= 0.5 or highest > 1 -%}
        {%- do faults.append(setting_fault(
            'propensity: max_auc', highest, "a number above 0.5, 1 at most"
        )) -%}
    {%- endif -%}

    {%- for name, least in whole.items() -%}
        {%- set value = held.get(name) -%}
        {%- if value is not integer or value is boolean or value < least -%}
            {%- do faults.append(setting_fault(
                'propensity: ' ~ name, value, "a whole number, " ~ least ~ " or more"
            )) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(faults) }}
{% endmacro %}


{% macro propensity_target_faults(targets) %}
    {%- set faults = [] -%}
    {%- if targets is not mapping or not targets -%}
        {%- do faults.append(setting_fault('propensity: targets', targets if targets else none,
            "what is predicted and within how many days, such as {buying: 90}"
        )) -%}
        {{ return(faults) }}
    {%- endif -%}
    {%- set known = ['returning', 'churning', 'buying'] -%}
    {%- for name, days in targets.items() -%}
        {%- if name not in known -%}
            {%- do faults.append(setting_fault(
                'propensity: targets', name, "only " ~ known | join(', ')
            )) -%}
        {%- elif days is not integer or days is boolean or days < 1 -%}
            {%- do faults.append(setting_fault(
                'propensity: targets: ' ~ name, days, "a whole number of days, 1 or more"
            )) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(faults) }}
{% endmacro %}


{#- What int_contact_features holds of today on every date. -#}
{% macro columns_of_today() %}
    {{ return([
        'age', 'social_influence_score', 'source_count', 'average_order_value',
        'revenue_30d', 'revenue_90d', 'revenue_180d', 'revenue_365d', 'revenue_lifetime',
        'rfm_monetary', 'rfm_score', 'days_inactive',
    ]) }}
{% endmacro %}


{% macro propensity_feature_faults(features) %}
    {%- set faults = [] -%}
    {%- if features is string or features is mapping or features is not sequence or features | length < 2 -%}
        {%- do faults.append(setting_fault(
            'propensity: features', features if features else none, "a list of two columns or more"
        )) -%}
        {{ return(faults) }}
    {%- endif -%}
    {%- set todays = columns_of_today() -%}
    {%- set custom = (var('custom_fields') or []) | map(attribute='name') | list -%}
    {%- set fields = segment_fields() -%}
    {%- set seen = [] -%}
    {%- for name in features -%}
        {%- if name is not string -%}
            {%- do faults.append(setting_fault('propensity: features', name, "a column")) -%}
        {%- elif name in seen -%}
            {%- do faults.append(setting_fault(
                'propensity: features', name ~ ' again', "each column once"
            )) -%}
        {%- elif name in todays -%}
            {%- do faults.append(setting_fault('propensity: features', name,
                "a column of the as_of_date: this one is today's on past dates"
            )) -%}
        {%- elif fields.get(name) != 'number' or name in custom -%}
            {%- do faults.append(setting_fault('propensity: features', name,
                "a column of int_contact_features that is a number of the as_of_date"
            )) -%}
        {%- endif -%}
        {%- do seen.append(name) -%}
    {%- endfor -%}
    {{ return(faults) }}
{% endmacro %}
