-- the register, with whom each row means today
with register as (
    select * from {{ ref('suppression_register') }}
),

identities as (
    select * from {{ ref('int_contact_identities') }}
    where identifier_type = 'email'
),

addresses as (
    select * from {{ ref('int_email_addresses__normalized') }}
    where email_normalized is not null
),

lookup as (
    select * from {{ ref('int_contact_lookup') }}
),

-- an address that no file holds any more is known by its hash alone
spelt as (
    select
        {{ sha256_hex('email_normalized') }} as address_sha256,
        email_normalized
    from addresses
    group by email_normalized
),

final as (
    select
        register.suppression_id,
        coalesce(identities.contact_id, lookup.contact_id) as contact_id,
        spelt.email_normalized,
        register.address_sha256,
        register.address_md5,
        register.cause,
        register.scope_type,
        register.scope_id,
        register.last_evidence_at as started_at,
        register.lifted_at as ended_at,
        register.lifted_at is null as is_open,
        register.source_system,
        register.source_relation,
        register.evidence as source_file,
        register.last_loaded_at as loaded_at
    from register
    left join spelt on register.address_sha256 = spelt.address_sha256
    left join identities on spelt.email_normalized = identities.identifier_value
    left join lookup
        on
            register.source_system = lookup.source_system
            and register.source_relation = lookup.source_relation
            and register.source_contact_id = lookup.lookup_value
)

select * from final
