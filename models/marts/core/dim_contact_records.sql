{{ after_gate('gate_intermediate') }}
with records as (
    select * from {{ ref('int_contact_records__unified') }}
),

people as (
    select * from {{ ref('int_contact_record_people') }}
),

final as (
    select
        records.contact_record_id,
        people.contact_id,
        records.source_system,
        records.source_relation,
        records.source_contact_id,
        records.source_list_id,
        records.email_normalized as email,
        records.is_deleted
    from records
    inner join people on records.contact_record_id = people.contact_record_id
)

select * from final
