-- Opt-outs are in the contact records and in the events. Here is what neither says: a contact whose
-- flag was true in one export and is false in a later one came back.
with contacts as (

    select * from {{ ref('stg_hubspot__contacts') }}
    where reject_reason is null

),

opt_outs as (

    select
        source_relation,
        record_id,
        min(updated_at) as opted_out_at
    from contacts
    where is_opted_out
    group by source_relation, record_id

),

final as (

    select
        'hubspot' as source_system,
        contacts.source_relation,
        contacts.source_file,
        contacts.line_number,
        contacts.loaded_at,
        contacts.line_key,
        contacts.record_id as source_contact_id,
        contacts.email as email_raw,
        'email' as channel,
        'global' as scope_type,
        cast(null as {{ dbt.type_string() }}) as scope_id,
        'subscribed' as status,
        cast(null as {{ dbt.type_string() }}) as method,
        'opt-out withdrawn' as reason,
        contacts.updated_at as occurred_at
    from contacts
    inner join opt_outs
        on
            contacts.source_relation = opt_outs.source_relation
            and contacts.record_id = opt_outs.record_id
            and contacts.updated_at > opt_outs.opted_out_at
    where not contacts.is_opted_out

)

select * from final
