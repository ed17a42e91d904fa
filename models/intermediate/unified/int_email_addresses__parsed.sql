with addresses as (
    select * from {{ ref('int_email_addresses__unified') }}
),

-- `Name <address>` first: what is inside may itself be padded or carry mailto:
unwrapped as (
    select
        email_raw,
        lower({{ trim_invisible(
            "case when email_raw like '%<%@%>%'"
            ~ " then regexp_extract(" ~ unicode_nfc('email_raw') ~ ", '<([^<>]*@[^<>]*)>', 1)"
            ~ " else " ~ unicode_nfc('email_raw') ~ " end"
        ) }}) as address
    from addresses
),

-- the query of a mailto link (?subject=…) is no part of the address
bare as (
    select
        email_raw,
        case
            when address like 'mailto:%'
                then {{ trim_invisible("regexp_extract(address, '^mailto:([^?]*)', 1)") }}
            else address
        end as address
    from unwrapped
),

undotted as (
    select
        email_raw,
        rtrim(address, '.') as address
    from bare
),

-- what is no address (nothing before or after the @, blanks or a second @ inside) is null
final as (
    select
        email_raw,
        case
            when {{ matches('address', "'^[^@ ]+@[^@ ]+$'") }} then split_part(address, '@', 1)
        end as local_part,
        case
            when {{ matches('address', "'^[^@ ]+@[^@ ]+$'") }} then split_part(address, '@', 2)
        end as email_domain
    from undotted
)

select * from final
