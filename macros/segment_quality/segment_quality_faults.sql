{#- What cannot be meant in var `segment_quality`, in the words of src/winback/segment_quality/settings.py, and which
    features are no numbers of int_contact_features. -#}
{% macro segment_quality_faults() %}
    {%- set whole = {'within_days': (1, 730), 'sample': (100, 100000)} -%}
    {%- set faults = fitted_mapping_faults('segment_quality', ['features'] + (whole | list)) -%}
    {%- if var('segment_quality', none) is mapping -%}
        {%- do faults.extend(fitted_column_faults('segment_quality', of_the_date=false)) -%}
        {%- do faults.extend(fitted_whole_number_faults('segment_quality', whole)) -%}
    {%- endif -%}
    {%- do return(faults) -%}
{% endmacro %}
