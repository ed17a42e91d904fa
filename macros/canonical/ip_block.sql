{#- The network an address belongs to, for rules about networks: /24 of IPv4 (`203.0.113.`), /48 of IPv6
    (`2001:db8:1:`). -#}
{% macro ip_block(column) -%}
    (case
        when {{ column }} like '%:%'
            then regexp_extract(lower({{ column }}), '^([0-9a-f]*:[0-9a-f]*:[0-9a-f]*:)', 1)
        else left({{ column }}, length({{ column }}) - instr(reverse({{ column }}), '.') + 1)
    end)
{%- endmacro %}
