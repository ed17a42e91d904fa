{#- In a select list: gives the row `times` times (not at all below 1). -#}
{% macro repeat_rows(times) -%}
    {{ return(adapter.dispatch('repeat_rows', 'winback')(times)) }}
{%- endmacro %}

{% macro default__repeat_rows(times) -%}
    (explode(array_repeat(1, cast({{ times }} as int))))
{%- endmacro %}

{% macro duckdb__repeat_rows(times) -%}
    (unnest(range(cast({{ times }} as bigint))))
{%- endmacro %}
