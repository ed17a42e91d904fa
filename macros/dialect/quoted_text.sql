{#- A text as a SQL literal, whatever it holds. -#}
{% macro quoted_text(value) %}
    {%- do return(adapter.dispatch('quoted_text', 'winback')(value)) -%}
{% endmacro %}

{#- Spark reads backslash escapes inside literals. -#}
{% macro default__quoted_text(value) %}
    {%- do return("'" ~ (value | string).replace('\\', '\\\\').replace("'", "\\'") ~ "'") -%}
{% endmacro %}

{% macro duckdb__quoted_text(value) %}
    {%- do return("'" ~ (value | string).replace("'", "''") ~ "'") -%}
{% endmacro %}
