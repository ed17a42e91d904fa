{#- What cannot be meant in var `uplift`, in the words of src/winback/uplift/settings.py, and which features are no
    numbers of int_contact_features. -#}
{% macro uplift_faults() %}
    {%- set faults = [] -%}
    {%- set held = var('uplift', none) -%}
    {%- if held is not mapping -%}
        {%- do faults.append(setting_fault('uplift', held, "a mapping (docs/uplift.md)")) -%}
        {{ return(faults) }}
    {%- endif -%}
    {%- set whole = {'min_contacts': 50, 'min_outcomes': 5, 'sample': 1000, 'seed': 0} -%}
    {%- set known = ['features'] + (whole | list) -%}
    {%- for name in held if name not in known -%}
        {%- do faults.append("uplift: found `" ~ name ~ "`, expected only " ~ known | join(', ') ~ ".") -%}
    {%- endfor -%}

    {%- set features = held.get('features') -%}
    {%- if features is string or features is mapping or features is not sequence or not features -%}
        {%- do faults.append(setting_fault(
            'uplift: features', cluster_shown(features), "a list of columns"
        )) -%}
        {%- set features = [] -%}
    {%- endif -%}
    {%- set fields = segment_feature_fields() -%}
    {%- set custom = (var('custom_fields') or []) | map(attribute='name') | list -%}
    {%- for name in features -%}
        {%- if name is not string -%}
            {%- do faults.append(setting_fault('uplift: features', name, "the name of a column")) -%}
        {%- elif name in features[:loop.index0] -%}
            {%- do faults.append(setting_fault('uplift: features', name ~ ' again', "each column once")) -%}
        {%- elif name in columns_of_today() -%}
            {%- do faults.append(setting_fault('uplift: features', name,
                "a column of the as_of_date: this one is today's on past dates"
            )) -%}
        {%- elif fields.get(name) != 'number' or name in custom -%}
            {%- do faults.append(setting_fault('uplift: features', name,
                "a column of int_contact_features that is a number of the as_of_date"
            )) -%}
        {%- endif -%}
    {%- endfor -%}

    {%- for name, least in whole.items() -%}
        {%- set value = held.get(name) -%}
        {%- if value is not integer or value is boolean or value < least -%}
            {%- do faults.append(setting_fault(
                'uplift: ' ~ name, value, "a whole number, " ~ least ~ " or more"
            )) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(faults) }}
{% endmacro %}
