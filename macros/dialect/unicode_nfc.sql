{#- Unicode normal form C. The default leaves the text alone: Spark has no such function. -#}
{% macro unicode_nfc(column) -%}
    {{ return(adapter.dispatch('unicode_nfc', 'winback')(column)) }}
{%- endmacro %}

{% macro default__unicode_nfc(column) -%}
    ({{ column }})
{%- endmacro %}

{% macro duckdb__unicode_nfc(column) -%}
    (nfc_normalize({{ column }}))
{%- endmacro %}
