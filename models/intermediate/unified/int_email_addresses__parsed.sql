{%- set local_part = '[a-z0-9_+-]+(?:[.][a-z0-9_+-]+)*' -%}
{%- set domain = '(?:[a-z0-9]+(?:-[a-z0-9]+)*[.])+[a-z]{2,24}' -%}
with addresses as (
    select * from {{ ref('int_email_addresses__unified') }}
),

trimmed as (
    select
        email_raw,
        lower({{ trim_invisible('email_raw') }}) as address
    from addresses
),

-- nearly every spelling is an address and nothing else. This pattern accepts a part of what
-- winback.identity.addresses accepts, and gives what it would give; the others go there
final as (
    select
        email_raw,
        case
            when
                {{ matches('address', "'^" ~ local_part ~ "@" ~ domain ~ "$'") }}
                and length(split_part(address, '@', 1)) <= 64
                and length(split_part(address, '@', 2)) <= 63
                then address
        end as email_normalized
    from trimmed
)

select * from final
