{#- What cannot be meant in var `uplift`, in the words of src/winback/uplift/settings.py, and which features are no
    numbers of int_contact_features. -#}
{% macro uplift_faults() %}
    {%- set whole = {
        'min_contacts': (50, none), 'min_outcomes': (5, none), 'sample': (1000, none), 'seed': (0, none),
    } -%}
    {%- set faults = fitted_mapping_faults('uplift', ['features'] + (whole | list)) -%}
    {%- if var('uplift', none) is mapping -%}
        {%- do faults.extend(fitted_column_faults('uplift')) -%}
        {%- do faults.extend(fitted_whole_number_faults('uplift', whole)) -%}
    {%- endif -%}
    {%- do return(faults) -%}
{% endmacro %}
