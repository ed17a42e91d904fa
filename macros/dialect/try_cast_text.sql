{#- Text to a SQL type; null where the text is no such value. -#}
{% macro try_cast_text(text, type) -%}
    {{ return(adapter.dispatch('try_cast_text', 'winback')(text, type)) }}
{%- endmacro %}

{% macro default__try_cast_text(text, type) -%}
    (try_cast({{ text }} as {{ type }}))
{%- endmacro %}
