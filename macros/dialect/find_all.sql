{#- Every match of a regular expression in a text, as a list (no backslashes: engines disagree on them). -#}
{% macro find_all(column, pattern) -%}
    {{ return(adapter.dispatch('find_all', 'winback')(column, pattern)) }}
{%- endmacro %}

{% macro default__find_all(column, pattern) -%}
    (regexp_extract_all({{ column }}, {{ pattern }}, 0))
{%- endmacro %}

{% macro duckdb__find_all(column, pattern) -%}
    (regexp_extract_all({{ column }}, {{ pattern }}))
{%- endmacro %}


{#- One row per element of a list. Only as a column of a select without grouping. -#}
{% macro list_to_rows(list) -%}
    {{ return(adapter.dispatch('list_to_rows', 'winback')(list)) }}
{%- endmacro %}

{% macro default__list_to_rows(list) -%}
    (explode({{ list }}))
{%- endmacro %}

{% macro duckdb__list_to_rows(list) -%}
    (unnest({{ list }}))
{%- endmacro %}


{#- What is in either of two lists, each once; null only where both are. -#}
{% macro lists_together(first, second) -%}
    {{ return(adapter.dispatch('lists_together', 'winback')(first, second)) }}
{%- endmacro %}

{% macro default__lists_together(first, second) -%}
    (array_union({{ first }}, {{ second }}))
{%- endmacro %}

{% macro duckdb__lists_together(first, second) -%}
    (list_distinct(list_concat({{ first }}, {{ second }})))
{%- endmacro %}
