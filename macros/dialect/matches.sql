{#- True where `column` contains a match of a regular expression (no backslashes: engines disagree on them). -#}
{% macro matches(column, pattern) -%}
    {{ return(adapter.dispatch('matches', 'winback')(column, pattern)) }}
{%- endmacro %}

{% macro default__matches(column, pattern) -%}
    ({{ column }} rlike {{ pattern }})
{%- endmacro %}

{% macro duckdb__matches(column, pattern) -%}
    (regexp_matches({{ column }}, {{ pattern }}))
{%- endmacro %}
