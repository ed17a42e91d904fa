{#- True where a text in lower case is an address and nothing else, as nearly every spelling is. The
    patterns accept a part of what winback.identity.addresses accepts, which gives it as it is. -#}
{% macro is_plain_address(text) -%}
{%- set local_part = '[a-z0-9_+-]+(?:[.][a-z0-9_+-]+)*' -%}
{%- set domain = '(?:[a-z0-9]+(?:-[a-z0-9]+)*[.])+[a-z]{2,24}' -%}
(
    {{ matches(text, "'^" ~ local_part ~ "@" ~ domain ~ "$'") }}
    and length({{ dbt.split_part(text, "'@'", 1) }}) <= 64
    and length({{ dbt.split_part(text, "'@'", 2) }}) <= 63
)
{%- endmacro %}
