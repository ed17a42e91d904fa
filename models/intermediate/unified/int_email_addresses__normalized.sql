with addresses as (
    select * from {{ ref('int_email_addresses__parsed') }}
),

domains as (
    select * from {{ ref('int_email_domains__ascii') }}
),

final as (
    select
        addresses.email_raw,
        addresses.local_part
        || '@'
        || coalesce(domains.ascii_domain, addresses.email_domain) as email_normalized
    from addresses
    left join domains on addresses.email_domain = domains.email_domain
)

select * from final
