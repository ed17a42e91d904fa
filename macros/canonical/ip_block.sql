{#- The network an address belongs to, for rules about networks: /24 of IPv4 (`203.0.113.`), /48 of IPv6
    (`2001:db8:1:`). IPv4 inside IPv6 (`::ffff:203.0.113.7`) and a port behind it (`203.0.113.7:443`) are
    taken off; what is no address of a network (`unknown`, `::1`) has none: null. Read for every event, so
    the patterns leave no choice between two ways to match. -#}
{% macro ip_block(column) -%}
    {%- set octet = '(?:2(?:[0-4][0-9]?|5[0-5]?|[6-9])?|[01][0-9]{0,2}|[3-9][0-9]?)' -%}
    {%- set v4 = '^(?:::[fF]{4}:)?((?:' ~ octet ~ '[.]){3})' ~ octet ~ '(?::[0-9]+)?$' -%}
    {%- set v6 = '^[[]?([23][0-9a-f]{3}:[0-9a-f]{0,4}:[0-9a-f]{0,4}:)' -%}
    nullif(
        case
            when {{ column }} like '%:%' and {{ column }} not like '%.%'
                then regexp_extract(lower({{ column }}), '{{ v6 }}', 1)
            else regexp_extract({{ column }}, '{{ v4 }}', 1)
        end,
        ''
    )
{%- endmacro %}


{#- True where a block is a network of one owner on the internet: what everybody uses inside (10., 192.168.,
    loopback, link-local, carriers' NAT) or nobody (0., multicast) says nothing about who came together. -#}
{% macro is_public_block(block) -%}
    not {{ matches(
        block,
        "'^(?:0|10|127|169[.]254|192[.]168|172[.](?:1[6-9]|2[0-9]|3[01])"
        ~ "|100[.](?:6[4-9]|[7-9][0-9]|1[01][0-9]|12[0-7])|22[4-9]|2[3-5][0-9])[.]'"
    ) }}
{%- endmacro %}
