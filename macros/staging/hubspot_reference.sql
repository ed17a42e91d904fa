{#- Id of another event: a text in Fivetran's tables, an object {id, created} in the API's own JSON.

    column: expression of the text. -#}
{% macro hubspot_reference(column) -%}
(case
    when substr(trim({{ column }}), 1, 1) = '{' then nullif(
        regexp_extract({{ column }}, '"id" *: *"([^"]*)"', 1), ''
    )
    else {{ clean_text(column, ['null']) }}
end)
{%- endmacro %}
