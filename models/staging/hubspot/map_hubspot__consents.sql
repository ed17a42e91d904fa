-- Opt-outs from all mail are in the contact records, changes of status in the events. Here is what
-- neither says: a contact whose flag was true in one export and is false in a later one came back,
-- and who left or came back to one type of mail.
with contacts as (

    select * from {{ ref('stg_hubspot__contacts') }}
    where reject_reason is null

),

answers as (

    {{ hubspot_subscription_answers('contacts', hubspot_opt_out_label()) | indent(4) }}

),

-- one row per line and question: all mail, or one type of it. An answer that cannot be read is a no
flags as (

    select
        contacts.*,
        'global' as scope_type,
        cast(null as {{ dbt.type_string() }}) as scope_id,
        contacts.is_opted_out as is_out
    from contacts
    where contacts.is_opted_out is not null
    union all
    select
        contacts.*,
        'topic' as scope_type,
        answers.subscription as scope_id,
        coalesce(answers.is_opted_out, true) as is_out
    from contacts
    inner join answers
        on
            contacts.source_file = answers.source_file
            and contacts.line_number = answers.line_number
    where answers.is_marketing

),

-- each export repeats the flag: a decision is where it turns, not where it is repeated. A false
-- without a date that can be read may be older than the true it would undo: it says nothing
turns as (

    select
        *,
        lag(is_out) over (
            partition by source_relation, contact_reference, scope_type, scope_id
            order by updated_at, loaded_at, source_file, line_number
        ) as was_out
    from flags
    where is_out or not is_undated

),

decisions as (

    select
        *,
        {{ hubspot_emails() }} as email_raw,
        case when is_out then 'unsubscribed' else 'subscribed' end as status,
        case when is_out then 'opted out of ' || scope_id else 'opt-out withdrawn' end as reason,
        {{ line_key(
            'hubspot.consent', ['line_key', 'scope_type', 'scope_id'], account='source_relation'
        ) }} as consent_key
    from turns
    where
        (was_out and not is_out)
        or (scope_type = 'topic' and is_out and not coalesce(was_out, false))

),

final as (

    {{ canonical_select(
        'consents', 'decisions', 'hubspot',
        given={
            'line_key': 'consent_key',
            'source_contact_id': 'record_id',
            'channel': "'email'",
            'occurred_at': 'updated_at',
        },
        missing=['method'],
    ) }}

)

select * from final
