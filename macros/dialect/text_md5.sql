{#- 128 bits of a text as 32 hexadecimal digits: the same on every engine and in every version. -#}
{% macro text_md5(text) -%}
    {{ return(adapter.dispatch('text_md5', 'winback')(text)) }}
{%- endmacro %}

{% macro default__text_md5(text) -%}
    (md5({{ text }}))
{%- endmacro %}
