with plain as (
    select * from {{ ref('int_email_addresses__parsed') }}
    where email_normalized is not null
),

undressed as (
    select * from {{ ref('int_email_addresses__undressed') }}
),

final as (
    select
        email_raw,
        1 as address_number,
        email_normalized,
        true as is_valid
    from plain
    union all
    select
        email_raw,
        address_number,
        email_normalized,
        is_valid
    from undressed
)

select * from final
