{#- Whom a target is about, as a condition on int_contact_features; src/winback/propensity/tables.py
    says the same. -#}
{% macro propensity_population(target) -%}
    {%- if target == 'returning' -%} features.is_inactive
    {%- elif target == 'churning' -%} not features.is_inactive
    {%- else -%} true
    {%- endif -%}
{%- endmacro %}


{#- The days of a list of timelines that are the outcome of a drawn row. -#}
{% macro propensity_later(days) -%}
    {{ list_until(
        list_after('timelines.' ~ days, 'drawn.as_of_date'),
        days_after('drawn.as_of_date', 'drawn.horizon_days')
    ) }}
{%- endmacro %}
