{#- A text merge field of Mailchimp holds 255 characters at most. -#}
{% macro mailchimp_text(column) %}
    {%- do return('left(' ~ column ~ ', 255)') -%}
{% endmacro %}
