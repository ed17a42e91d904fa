-- One suppressed person mailed again costs a complaint and a fine: nobody whom any source blocks is
-- handed to a tool, neither by person nor by address. Goes back to the suppressions themselves, so
-- that a mistake in the verdict on the way does not hide.
with synced as (
    select
        'sync_mailchimp__members' as model,
        contact_id,
        email_address as email
    from {{ ref('sync_mailchimp__members') }}
    union all
    select
        'sync_csv__segments' as model,
        contact_id,
        email
    from {{ ref('sync_csv__segments') }}
),

people as (
    select
        model,
        contact_id,
        email
    from synced
    group by model, contact_id, email
),

contacts as (
    select * from {{ ref('int_contacts__resolved') }}
),

open_suppressions as (
    select * from {{ ref('int_suppressions__unified') }}
    where is_open
),

blocked as (
    select
        people.model,
        people.contact_id,
        'verdict' as found_in
    from people
    inner join contacts on people.contact_id = contacts.contact_id
    where not contacts.is_mailable
    union all
    select
        people.model,
        people.contact_id,
        'address' as found_in
    from people
    inner join open_suppressions on people.email = open_suppressions.email_normalized
    union all
    select
        people.model,
        people.contact_id,
        'person' as found_in
    from people
    inner join open_suppressions on people.contact_id = open_suppressions.contact_id
    where open_suppressions.cause in ('unsubscribe', 'complaint', 'gdpr_erasure', 'manual')
),

final as (
    select
        model,
        found_in,
        count(*) as contacts
    from blocked
    group by model, found_in
)

select * from final
