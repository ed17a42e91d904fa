{#- Key of a contact record: its id in the source, per account and list. A source without ids (shop orders)
    knows its customers by address, and so is a record whose id names several people
    (int_contested_ids__unified); a record with neither is known by its line. -#}
{% macro contact_record_key(records, addresses, contested) -%}
    {%- set has_id = records ~ ".source_contact_id is not null and "
        ~ contested ~ ".source_contact_id is null" -%}
    {{ canonical_key([
        records ~ '.source_system',
        records ~ '.source_relation',
        records ~ '.source_list_id',
        "case when " ~ has_id ~ " then 'id'"
        ~ " when " ~ addresses ~ ".email_normalized is not null then 'email' else 'line' end",
        "coalesce(case when " ~ has_id ~ " then " ~ records ~ ".source_contact_id end, "
        ~ addresses ~ ".email_normalized, " ~ records ~ ".line_key)",
    ]) }}
{%- endmacro %}


{#- Systems whose contact exports list each contact once. A shop names its customers with every order, so
    that one telephone number beside two addresses is nothing odd there. -#}
{% macro systems_of_whole_lists() %}
    {{ return(var('systems') | reject('in', ['shopify', 'woocommerce', 'ga4']) | list) }}
{% endmacro %}
