{#- A text of hexadecimal digits, at most 15, as a whole number. -#}
{% macro hex_number(text) -%}
    {{ return(adapter.dispatch('hex_number', 'winback')(text)) }}
{%- endmacro %}

{% macro default__hex_number(text) -%}
    (cast(conv({{ text }}, 16, 10) as bigint))
{%- endmacro %}

{% macro duckdb__hex_number(text) -%}
    (cast('0x' || {{ text }} as bigint))
{%- endmacro %}
