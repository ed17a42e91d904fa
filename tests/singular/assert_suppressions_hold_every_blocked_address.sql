-- A person blocked under one address and still mailed under another was not unsubscribed: every
-- address of an open suppression, and every one by which a system knows a blocked person, is handed
-- out for removal. Goes back to the sources, and shows counts, no addresses.
with open_suppressions as (
    select * from {{ ref('int_suppressions__unified') }}
    where is_open
),

blocked_contacts as (
    select * from {{ ref('int_contacts__resolved') }}
    where not is_mailable
),

records as (
    select * from {{ ref('dim_contact_records') }}
),

identities as (
    select * from {{ ref('int_contact_identities') }}
    where identifier_type = 'email'
),

handed_out as (
    select * from {{ ref('sync_csv__suppressions') }}
),

expected as (
    select
        'suppression' as found_in,
        email_normalized as email
    from open_suppressions
    union
    select
        'person' as found_in,
        email
    from blocked_contacts
    union
    select
        'record' as found_in,
        records.email
    from records
    inner join blocked_contacts on records.contact_id = blocked_contacts.contact_id
    union
    select
        'former address' as found_in,
        identities.identifier_value as email
    from identities
    inner join blocked_contacts on identities.contact_id = blocked_contacts.contact_id
),

final as (
    select
        expected.found_in,
        count(*) as addresses
    from expected
    left join handed_out on {{ sha256_hex('expected.email') }} = handed_out.email_sha256
    where expected.email is not null and handed_out.email_sha256 is null
    group by expected.found_in
)

select * from final
