{#- SHA-256 in lower-case hexadecimal. -#}
{% macro sha256_hex(column) -%}
    {{ return(adapter.dispatch('sha256_hex', 'winback')(column)) }}
{%- endmacro %}

{% macro default__sha256_hex(column) -%}
    (sha2({{ column }}, 256))
{%- endmacro %}

{% macro duckdb__sha256_hex(column) -%}
    (sha256({{ column }}))
{%- endmacro %}
