{#- Key of a contact record: its id in the source, per account and list. A source without ids (shop orders)
    knows its customers by address; a record with neither is known by its line. -#}
{% macro contact_record_key(records, addresses) -%}
    {{ canonical_key([
        records ~ '.source_system',
        records ~ '.source_relation',
        records ~ '.source_list_id',
        "case when " ~ records ~ ".source_contact_id is not null then 'id'"
        ~ " when " ~ addresses ~ ".email_normalized is not null then 'email' else 'line' end",
        "coalesce(" ~ records ~ ".source_contact_id, " ~ addresses ~ ".email_normalized, "
        ~ records ~ ".line_key)",
    ]) }}
{%- endmacro %}
