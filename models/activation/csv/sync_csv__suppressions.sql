{{ after_gate('gate_marts') }}
with contacts as (
    select * from {{ ref('dim_contacts') }}
),

addresses as (
    select * from {{ ref('dim_contact_addresses') }}
),

-- a tool may know a person by an address that has changed elsewhere since: all of them are blocked
blocked as (
    select
        addresses.contact_id,
        addresses.email,
        coalesce(contacts.blocking_cause, addresses.suppression_cause) as blocking_cause,
        coalesce(contacts.blocking_cause, '') = 'gdpr_erasure'
        or coalesce(addresses.suppression_cause, '') = 'gdpr_erasure' as is_erased
    from addresses
    left join contacts on addresses.contact_id = contacts.contact_id
    where not contacts.is_mailable or addresses.suppression_cause is not null
),

final as (
    select
        {{ sha256_hex('email') }} as email_sha256,
        {{ text_md5('email') }} as email_md5,
        -- an erased person's address is not handed on, its hash is enough to find it
        case when not is_erased then email end as email,
        contact_id,
        blocking_cause
    from blocked
)

select * from final
