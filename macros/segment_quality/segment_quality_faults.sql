{#- What cannot be meant in var `segment_quality`, in the words of src/winback/segment_quality/settings.py, and which
    features are no numbers of int_contact_features. -#}
{% macro segment_quality_faults() %}
    {%- set faults = [] -%}
    {%- set held = var('segment_quality', none) -%}
    {%- if held is not mapping -%}
        {%- do faults.append(setting_fault(
            'segment_quality', held or none, "a mapping (docs/segment_quality.md)"
        )) -%}
        {{ return(faults) }}
    {%- endif -%}
    {%- set whole = {'within_days': (1, 730), 'sample': (100, 100000)} -%}
    {%- set known = ['features'] + (whole | list) -%}
    {%- for name in held if name not in known -%}
        {%- do faults.append(
            "segment_quality: found `" ~ name ~ "`, expected only " ~ known | join(', ') ~ "."
        ) -%}
    {%- endfor -%}

    {%- set features = held.get('features') -%}
    {%- if features is string or features is mapping or features is not sequence or not features -%}
        {%- do faults.append(setting_fault(
            'segment_quality: features', features or none, "a list of columns"
        )) -%}
    {%- else -%}
        {%- set fields = segment_feature_fields() -%}
        {%- for name in features -%}
            {%- if name is not string -%}
                {%- do faults.append(setting_fault(
                    'segment_quality: features', name, "the name of a column"
                )) -%}
            {%- elif name in features[:loop.index0] -%}
                {%- do faults.append(setting_fault(
                    'segment_quality: features', name ~ ' again', "each column once"
                )) -%}
            {%- elif fields.get(name) != 'number' -%}
                {%- do faults.append(setting_fault(
                    'segment_quality: features', name,
                    "a column of int_contact_features that is a number"
                )) -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endif -%}

    {%- for name, (least, most) in whole.items() -%}
        {%- set value = held.get(name) -%}
        {%- if value is not integer or value is boolean or value < least or value > most -%}
            {%- do faults.append(setting_fault(
                'segment_quality: ' ~ name, value, "a whole number, " ~ least ~ " to " ~ most
            )) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(faults) }}
{% endmacro %}
