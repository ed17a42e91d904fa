-- the register, with whom each row means today
with register as (
    select * from {{ ref('suppression_register') }}
),

identities as (
    select * from {{ ref('int_contact_identities') }}
    where identifier_type = 'email'
),

addresses as (
    select * from {{ ref('int_email_addresses__listed') }}
    where email_normalized is not null
),

lookup as (
    select * from {{ ref('int_contact_lookup') }}
),

-- an address that no file holds any more is known by its hash alone
spelt as (
    select
        {{ sha256_hex('email_normalized') }} as address_sha256,
        {{ text_md5('email_normalized') }} as address_md5,
        email_normalized
    from addresses
    group by email_normalized
),

-- Mailchimp's tables name a member by the hash of the address
meant as (
    select
        register.*,
        coalesce(spelt.email_normalized, hashed.email_normalized) as email_normalized
    from register
    left join spelt on register.address_sha256 = spelt.address_sha256
    left join spelt as hashed on lower(register.source_contact_id) = hashed.address_md5
),

final as (
    select
        meant.suppression_id,
        coalesce(lookup.contact_id, identities.contact_id) as contact_id,
        meant.email_normalized,
        meant.address_sha256,
        coalesce(
            meant.address_md5,
            case
                when {{ matches('lower(meant.source_contact_id)', "'^[0-9a-f]{32}$'") }}
                    then lower(meant.source_contact_id)
            end
        ) as address_md5,
        meant.cause,
        meant.scope_type,
        meant.scope_id,
        meant.last_evidence_at as started_at,
        meant.lifted_at as ended_at,
        meant.lifted_at is null as is_open,
        meant.source_system,
        meant.source_relation,
        meant.evidence as source_file,
        meant.last_loaded_at as loaded_at
    from meant
    left join identities on meant.email_normalized = identities.identifier_value
    left join lookup
        on
            meant.source_system = lookup.source_system
            and meant.source_relation = lookup.source_relation
            and meant.source_contact_id = lookup.lookup_value
)

select * from final
