{#- What cannot be meant in var `propensity`, in the words of src/winback/propensity/settings.py, and
    which features are no numbers of int_contact_features. -#}
{% macro propensity_faults() %}
    {%- set whole = {
        'test_dates': (1, none), 'sample': (100, none), 'test_sample': (100, none), 'trees': (10, none),
        'min_leaf': (1, none), 'min_contacts': (50, none), 'min_outcomes': (10, none), 'seed': (0, none),
    } -%}
    {%- set known = ['targets', 'algorithms', 'features', 'max_auc'] + (whole | list) -%}
    {%- set faults = fitted_mapping_faults('propensity', known) -%}
    {%- set held = var('propensity', none) -%}
    {%- if held is not mapping -%}
        {%- do return(faults) -%}
    {%- endif -%}
    {%- do faults.extend(propensity_target_faults(held.get('targets'))) -%}
    {%- do faults.extend(fitted_algorithm_faults('propensity', ['logistic', 'forest'])) -%}
    {%- do faults.extend(fitted_column_faults('propensity', least=2)) -%}
    {%- set highest = held.get('max_auc') -%}
    {%- if highest is not number or highest is boolean or highest <= 0.5 or highest > 1 -%}
        {%- do faults.append(setting_fault(
            'propensity: max_auc', highest, "a number above 0.5, 1 at most"
        )) -%}
    {%- endif -%}
    {%- do faults.extend(fitted_whole_number_faults('propensity', whole)) -%}
    {%- do return(faults) -%}
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
