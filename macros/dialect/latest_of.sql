{#- The greatest of several values, nulls left out; null when all are null. -#}
{% macro latest_of(expressions) -%}
    {{ return(adapter.dispatch('latest_of', 'winback')(expressions)) }}
{%- endmacro %}

{% macro default__latest_of(expressions) -%}
    (greatest({{ expressions | join(', ') }}))
{%- endmacro %}
