-- whom a line that says "leave" speaks of: by an address found in it, or by an id that leads to one
with lines as (
    select * from {{ ref('int_opt_out_lines__unified') }}
),

found as (
    select * from {{ ref('int_opt_out_addresses__unified') }}
),

addresses as (
    select * from {{ ref('int_email_addresses__listed') }}
),

lookup as (
    select * from {{ ref('int_contact_lookup') }}
),

identities as (
    select * from {{ ref('int_contact_identities') }}
    where identifier_type = 'email'
),

valid_addresses as (
    select email_normalized
    from addresses
    where is_valid
    group by email_normalized
),

-- Mailchimp's tables name a member by the hash of the address
hashed as (
    select
        {{ text_md5('identifier_value') }} as address_md5,
        min(identifier_value) as email_normalized
    from identities
    group by {{ text_md5('identifier_value') }}
),

-- a line that could not be taken apart holds them somewhere
found_hashes as (
    select
        source_file,
        line_number,
        {{ list_to_rows(find_all('lower(opt_out_text)', "'[0-9a-f]{32}'")) }} as address_md5
    from lines
    where source_system = 'mailchimp'
),

named as (
    select
        found.source_file,
        found.line_number,
        addresses.email_normalized,
        addresses.is_valid
    from found
    inner join addresses on found.email_raw = addresses.email_raw
    where addresses.email_normalized is not null
    union
    select
        lines.source_file,
        lines.line_number,
        hashed.email_normalized,
        true as is_valid
    from lines
    inner join hashed on lower(lines.source_contact_id) = hashed.address_md5
    union
    select
        found_hashes.source_file,
        found_hashes.line_number,
        hashed.email_normalized,
        true as is_valid
    from found_hashes
    inner join hashed on found_hashes.address_md5 = hashed.address_md5
),

-- what the layout's own column of the address holds
own_addresses as (
    select
        source_file,
        line_number,
        {{ list_to_rows(addresses_in('opt_out_address')) }} as email_raw
    from lines
),

own as (
    select
        own_addresses.source_file,
        own_addresses.line_number,
        addresses.email_normalized
    from own_addresses
    inner join addresses on own_addresses.email_raw = addresses.email_raw
    where addresses.is_valid
    group by own_addresses.source_file, own_addresses.line_number, addresses.email_normalized
),

-- an id that leads to somebody without an address leads to nobody who could be told apart in a tool
reachable as (
    select identities.contact_id
    from identities
    inner join valid_addresses on identities.identifier_value = valid_addresses.email_normalized
    group by identities.contact_id
),

final as (
    select
        lines.source_system,
        lines.source_relation,
        lines.source_file,
        lines.line_number,
        lines.loaded_at,
        lines.opt_out_cause,
        reachable.contact_id,
        case
            when
                reachable.contact_id is not null
                -- Mailchimp's hash of an address that no export holds: found one day
                or (
                    lines.source_system = 'mailchimp'
                    and {{ matches('lower(lines.source_contact_id)', "'^[0-9a-f]{32}$'") }}
                )
                then lines.source_contact_id
        end as source_contact_id,
        named.email_normalized,
        named.is_valid and (
            own.email_normalized is not null
            -- nothing there that could be an address: any other in the line is the person's
            or not coalesce(
                {{ matches('lower(lines.opt_out_address)', "'[@＠﹫]|[ (\\[{]at[ )\\]}]'") }}, false
            )
        ) as is_certain
    from lines
    left join named
        on
            lines.source_file = named.source_file
            and lines.line_number = named.line_number
    left join own
        on
            named.source_file = own.source_file
            and named.line_number = own.line_number
            and named.email_normalized = own.email_normalized
    left join lookup
        on
            lines.source_system = lookup.source_system
            and {{ lookup_relation('lines') }} = lookup.source_relation
            and lines.source_contact_id = lookup.lookup_value
    left join reachable on lookup.contact_id = reachable.contact_id
    where
        not lines.is_counted_by_id
        or (reachable.contact_id is null and named.email_normalized is not null)
)

select * from final
