{#- All addresses of a HubSpot contact, the main one first, `; ` between; null without any. -#}
{% macro hubspot_emails() -%}
(nullif(concat_ws('; ', email, additional_emails), ''))
{%- endmacro %}
