{#- Text without surrounding blanks; null where nothing or one of the layout's null markers is left.
    `NA` is never a marker by itself: it is a country. -#}
{% macro clean_text(column, null_markers=[]) -%}
    {%- if null_markers -%}
    (case when trim({{ column }}) not in ('', '{{ null_markers | join("', '") }}')
        then trim({{ column }}) end)
    {%- else -%}
    (nullif(trim({{ column }}), ''))
    {%- endif -%}
{%- endmacro %}
