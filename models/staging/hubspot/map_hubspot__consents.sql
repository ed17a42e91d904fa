-- Opt-outs are in the contact records and in the events. Here is what neither says: a contact whose
-- flag was true in one export and is false in a later one came back.
with contacts as (

    select * from {{ ref('stg_hubspot__contacts') }}
    where reject_reason is null

),

-- each export repeats the flag: a decision is where it turns, not where it is repeated
flags as (

    select
        *,
        lag(is_opted_out) over (
            partition by source_relation, record_id
            order by updated_at, loaded_at, source_file, line_number
        ) as was_opted_out
    from contacts
    where is_opted_out is not null

),

final as (

    select
        'hubspot' as source_system,
        source_relation,
        source_file,
        line_number,
        loaded_at,
        line_key,
        record_id as source_contact_id,
        email as email_raw,
        'email' as channel,
        'global' as scope_type,
        cast(null as {{ dbt.type_string() }}) as scope_id,
        'subscribed' as status,
        cast(null as {{ dbt.type_string() }}) as method,
        'opt-out withdrawn' as reason,
        updated_at as occurred_at
    from flags
    where was_opted_out and not is_opted_out

)

select * from final
