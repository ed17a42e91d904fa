{#- Texts as a list for `in`, one a line; nothing is in an empty one. -#}
{% macro text_list(texts) -%}
(
    ''
    {%- for text in texts %},
    '{{ text | replace("'", "''") }}'
    {%- endfor %}
)
{%- endmacro %}
