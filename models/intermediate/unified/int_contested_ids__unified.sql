-- an id that one file gives to several addresses is no id: a spreadsheet rounded it, or a column of
-- another meaning was taken for it. Nobody is told by it, in no file of the account
with records as (
{{ union_systems('contact_records', [
    'source_system', 'source_relation', 'source_list_id', 'source_contact_id', 'email_raw',
    'source_file',
]) | indent(4) }}
),

addresses as (
    select * from {{ ref('int_email_addresses__normalized') }}
),

files as (
    select
        records.source_system,
        records.source_relation,
        records.source_list_id,
        records.source_contact_id,
        records.source_file,
        count(*) as lines,
        count(distinct addresses.email_normalized) as addresses
    from records
    inner join addresses on records.email_raw = addresses.email_raw
    where
        records.source_contact_id is not null
        and addresses.email_normalized is not null
        and records.source_system in {{ text_list(systems_of_whole_lists()) | indent(8) }}
    group by
        records.source_system,
        records.source_relation,
        records.source_list_id,
        records.source_contact_id,
        records.source_file
    having min(addresses.email_normalized) <> max(addresses.email_normalized)
),

final as (
    select
        source_system,
        source_relation,
        coalesce(source_list_id, '') as source_list_id,
        source_contact_id,
        max(source_file) as source_file,
        max(lines) as lines,
        max(addresses) as addresses
    from files
    group by
        source_system,
        source_relation,
        coalesce(source_list_id, ''),
        source_contact_id
)

select * from final
