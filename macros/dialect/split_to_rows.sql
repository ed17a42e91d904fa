{#- One row per part of a delimited text. Only as a column of a select without grouping. -#}
{% macro split_to_rows(column, delimiter) -%}
    {{ return(adapter.dispatch('split_to_rows', 'winback')(column, delimiter)) }}
{%- endmacro %}

{% macro default__split_to_rows(column, delimiter) -%}
    (explode(split({{ column }}, '{{ delimiter }}')))
{%- endmacro %}

{% macro duckdb__split_to_rows(column, delimiter) -%}
    (unnest(string_split({{ column }}, '{{ delimiter }}')))
{%- endmacro %}
