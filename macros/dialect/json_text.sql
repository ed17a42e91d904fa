{#- The value of one top-level member of a JSON text, as text; null where absent. -#}
{% macro json_text(column, member) -%}
    {{ return(adapter.dispatch('json_text', 'winback')(column, member)) }}
{%- endmacro %}

{% macro default__json_text(column, member) -%}
    (get_json_object({{ column }}, '$[''{{ member | replace("'", "''") }}'']'))
{%- endmacro %}

{% macro duckdb__json_text(column, member) -%}
    (json_extract_string(
        {{ column }}, '$."{{ member | replace('"', '\\"') | replace("'", "''") }}"'
    ))
{%- endmacro %}
