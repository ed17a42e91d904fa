{#- Asks the engine to compute a CTE once; nothing where the engine decides alone. -#}
{% macro materialized_cte() -%}
    {{ return(adapter.dispatch('materialized_cte', 'winback')()) }}
{%- endmacro %}

{% macro default__materialized_cte() -%}{%- endmacro %}

{% macro duckdb__materialized_cte() -%}
    materialized
{%- endmacro %}
