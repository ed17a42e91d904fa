with addresses as (
    select * from {{ ref('int_email_addresses__unified') }}
),

trimmed as (
    select
        email_raw,
        lower({{ trim_invisible('email_raw') }}) as address
    from addresses
),

-- what is more than an address goes to winback.identity.addresses
final as (
    select
        email_raw,
        case when {{ is_plain_address('address') }} then address end as email_normalized
    from trimmed
)

select * from final
