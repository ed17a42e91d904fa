{#- Id of another event: a text in Fivetran's tables, an object {id, created} in the API's own JSON. Null where it
    names none: every id has a digit, and what stands for nothing (null, false, [], undefined, 0) has none or is no id.

    column: expression of the text. -#}
{% macro hubspot_reference(column) -%}
{%- set id = "(case when substr(trim(" ~ column ~ "), 1, 1) = '{' then regexp_extract(" ~ column
    ~ ", '\"id\" *: *\"([^\"]*)\"', 1) else " ~ column ~ " end)" -%}
(case when {{ matches(id, "'[0-9]'") }} then {{ clean_id(id) }} end)
{%- endmacro %}
