{#- Keeps an engine that computes every CTE used twice from copying a whole table for it. -#}
{% macro inline_cte() -%}
    {{ return(adapter.dispatch('inline_cte', 'winback')()) }}
{%- endmacro %}

{% macro default__inline_cte() -%}{%- endmacro %}

{% macro duckdb__inline_cte() -%}
    not materialized
{%- endmacro %}
