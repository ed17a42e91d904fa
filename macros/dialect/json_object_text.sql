{#- A JSON object as text out of name -> expression; a member that is null is left out. -#}
{% macro json_object_text(members) -%}
    {{ return(adapter.dispatch('json_object_text', 'winback')(members)) }}
{%- endmacro %}

{% macro default__json_object_text(members) -%}
    (to_json(named_struct(
        {%- for name, expression in members.items() -%}
        {{ quoted_text(name) }}, {{ expression }}{{ ', ' if not loop.last }}
        {%- endfor -%}
    )))
{%- endmacro %}

{#- merging into an empty object drops what is null -#}
{% macro duckdb__json_object_text(members) -%}
    (cast(json_merge_patch('{}', json_object(
        {%- for name, expression in members.items() -%}
        {{ quoted_text(name) }}, {{ expression }}{{ ', ' if not loop.last }}
        {%- endfor -%}
    )) as varchar))
{%- endmacro %}
