{#- Body of the last CTE of a sync_* model: what is ready, or, while activation is held back, what the
    last run put there; either way less everybody who is suppressed by now. The model has CTEs `holds`
    (quality__activation_holds), `suppressions` (sync_csv__suppressions), `contacts` (dim_contacts) and
    `left_members` (dim_suppressions in force that know the MD5 of an address alone). What the last run put
    there may stand under an address that no file holds any more: its person must be mailable today.

    ready: name of the CTE with the rows that are ready; address: its column of the address. -#}
{% macro ready_unless_held(ready, address) -%}
select {{ ready }}.*
from {{ ready }}
left join suppressions on {{ sha256_hex(ready ~ '.' ~ address) }} = suppressions.email_sha256
left join left_members on {{ text_md5(ready ~ '.' ~ address) }} = left_members.address_md5
where
    suppressions.email_sha256 is null
    and left_members.address_md5 is null
    and not exists (select 1 from holds)
{%- if built_before() %}
    {%- set columns = model.columns.keys() | list -%}
    {#- what an earlier version of the model left has other columns: nobody is handed out from it -#}
    {%- if adapter.get_columns_in_relation(this) | map(attribute='name') | sort | list
        == columns | sort | list %}
union all by name
select former.{{ columns | join(', former.') }}
from {{ this }} as former
inner join contacts on former.contact_id = contacts.contact_id
left join suppressions on {{ sha256_hex('former.' ~ address) }} = suppressions.email_sha256
left join left_members on {{ text_md5('former.' ~ address) }} = left_members.address_md5
where
    contacts.is_mailable
    and suppressions.email_sha256 is null
    and left_members.address_md5 is null
    and exists (select 1 from holds)
    {%- endif -%}
{%- endif -%}
{%- endmacro %}
