with addresses as (
    select * from {{ ref('int_email_addresses__parsed') }}
),

undressed as (
    select * from {{ ref('int_email_addresses__undressed') }}
    where address_number = 1
),

final as (
    select
        addresses.email_raw,
        coalesce(addresses.email_normalized, undressed.email_normalized) as email_normalized,
        addresses.email_normalized is not null or coalesce(undressed.is_valid, false) as is_valid
    from addresses
    left join undressed on addresses.email_raw = undressed.email_raw
)

select * from final
