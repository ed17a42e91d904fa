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

returns as (

    select * from flags
    where was_opted_out and not is_opted_out

),

final as (

    {{ canonical_select(
        'consents', 'returns', 'hubspot',
        given={
            'source_contact_id': 'record_id',
            'email_raw': 'email',
            'channel': "'email'",
            'scope_type': "'global'",
            'status': "'subscribed'",
            'reason': "'opt-out withdrawn'",
            'occurred_at': 'updated_at',
        },
        missing=['scope_id', 'method'],
    ) }}

)

select * from final
