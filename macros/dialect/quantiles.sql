{#- The 20, 40, 60 and 80 % quantiles of a column, linear between neighbours, as a list of four. -#}
{% macro quintile_cuts(expression) -%}
    {{ return(adapter.dispatch('quintile_cuts', 'winback')(expression)) }}
{%- endmacro %}

{% macro default__quintile_cuts(expression) -%}
    (percentile({{ expression }}, array(0.2, 0.4, 0.6, 0.8)))
{%- endmacro %}

{% macro duckdb__quintile_cuts(expression) -%}
    (quantile_cont({{ expression }}, [0.2, 0.4, 0.6, 0.8]))
{%- endmacro %}


{#- Aggregate: `value` of the row with the highest `ranking`. -#}
{% macro value_at_max(value, ranking) -%}
    {{ return(adapter.dispatch('value_at_max', 'winback')(value, ranking)) }}
{%- endmacro %}

{% macro default__value_at_max(value, ranking) -%}
    (max_by({{ value }}, {{ ranking }}))
{%- endmacro %}

{% macro duckdb__value_at_max(value, ranking) -%}
    (arg_max({{ value }}, {{ ranking }}))
{%- endmacro %}
