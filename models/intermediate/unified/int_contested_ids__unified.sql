-- an id that one file gives to several addresses is no id: a spreadsheet rounded it, or a column of
-- another meaning was taken for it. Nobody is told by it, in no file of the account
with records as {{ inline_cte() }} (
{{ union_systems('contact_records', [
    'source_system', 'source_relation', 'source_list_id', 'source_contact_id', 'email_raw',
    'source_file',
]) | indent(4) }}
),

addresses as (
    select * from {{ ref('int_email_addresses__normalized') }}
),

addressed as (
    select
        records.source_system,
        records.source_relation,
        coalesce(records.source_list_id, '') as source_list_id,
        records.source_contact_id,
        records.source_file,
        addresses.email_normalized
    from records
    inner join addresses on records.email_raw = addresses.email_raw
    where
        records.source_contact_id is not null
        and addresses.email_normalized is not null
        and records.source_system in {{ text_list(systems_of_whole_lists()) | indent(8) }}
),

-- few ids are contested: only theirs are counted
contested as (
    select
        source_system,
        source_relation,
        source_list_id,
        source_contact_id,
        source_file
    from addressed
    group by
        source_system,
        source_relation,
        source_list_id,
        source_contact_id,
        source_file
    having min(email_normalized) <> max(email_normalized)
),

files as (
    select
        contested.source_system,
        contested.source_relation,
        contested.source_list_id,
        contested.source_contact_id,
        contested.source_file,
        count(*) as lines,
        count(distinct addressed.email_normalized) as addresses
    from contested
    inner join addressed
        on
            contested.source_system = addressed.source_system
            and contested.source_relation = addressed.source_relation
            and contested.source_list_id = addressed.source_list_id
            and contested.source_contact_id = addressed.source_contact_id
            and contested.source_file = addressed.source_file
    group by
        contested.source_system,
        contested.source_relation,
        contested.source_list_id,
        contested.source_contact_id,
        contested.source_file
),

final as (
    select
        source_system,
        source_relation,
        source_list_id,
        source_contact_id,
        max(source_file) as source_file,
        max(lines) as lines,
        max(addresses) as addresses
    from files
    group by
        source_system,
        source_relation,
        source_list_id,
        source_contact_id
)

select * from final
