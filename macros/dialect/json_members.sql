{#- The names of the members of a JSON object, as a list. -#}
{% macro json_names(column) -%}
    {{ return(adapter.dispatch('json_names', 'winback')(column)) }}
{%- endmacro %}

{% macro default__json_names(column) -%}
    (json_object_keys({{ column }}))
{%- endmacro %}

{% macro duckdb__json_names(column) -%}
    (json_keys({{ column }}))
{%- endmacro %}


{#- The value, as text, of the top-level member of a JSON object whose name an expression tells; null where absent. -#}
{% macro json_member_text(column, name) -%}
    {{ return(adapter.dispatch('json_member_text', 'winback')(column, name)) }}
{%- endmacro %}

{% macro default__json_member_text(column, name) -%}
    (get_json_object({{ column }}, '$[''' || {{ name }} || ''']'))
{%- endmacro %}

{% macro duckdb__json_member_text(column, name) -%}
    (json_extract_string({{ column }}, '$."' || replace({{ name }}, '"', '\"') || '"'))
{%- endmacro %}
