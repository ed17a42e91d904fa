{{ after_gate('gate_marts') }}
with contacts as (
    select * from {{ ref('dim_contacts') }}
),

addresses as (
    select * from {{ ref('dim_contact_addresses') }}
),

suppressions as (
    select * from {{ ref('dim_suppressions') }}
    where is_open and address_sha256 is not null
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

by_address as (
    select
        {{ sha256_hex('email') }} as email_sha256,
        {{ text_md5('email') }} as email_md5,
        -- an erased person's address is not handed on, its hash is enough to find it
        case when not is_erased then email end as email,
        contact_id,
        blocking_cause
    from blocked
),

-- the address of an opt-out whose file is gone is known by its hash alone: enough to find it
by_hash as (
    select
        suppressions.address_sha256 as email_sha256,
        max(suppressions.address_md5) as email_md5,
        cast(null as {{ dbt.type_string() }}) as email,
        max(suppressions.contact_id) as contact_id,
        min(
            case suppressions.cause
                {%- for cause in blocking_causes() %}
                when '{{ cause }}' then {{ loop.index }}
                {%- endfor %}
            end
        ) as cause_rank
    from suppressions
    left join by_address on suppressions.address_sha256 = by_address.email_sha256
    where by_address.email_sha256 is null
    group by suppressions.address_sha256
),

final as (
    select * from by_address
    union all
    select
        email_sha256,
        email_md5,
        email,
        contact_id,
        case cause_rank
            {%- for cause in blocking_causes() %}
            when {{ loop.index }} then '{{ cause }}'
            {%- endfor %}
        end as blocking_cause
    from by_hash
)

select * from final
