{%- set borrowed = borrowed_id_systems() -%}
-- how a line of an export says who it is about, and who that is
with identities as (
    select * from {{ ref('int_contact_identities') }}
),

shared_addresses as (
    select * from {{ ref('int_shared_addresses__unified') }}
),

addresses as (
    select * from {{ ref('int_email_addresses__listed') }}
),

source_ids as (
    select
        source_system,
        source_relation,
        identifier_value as lookup_value,
        contact_id,
        false as is_shared
    from identities
    where identifier_type = 'source_id'
),

-- a cell of several addresses means whoever is known by the first of them that is known
spellings as (
    select
        '@' as source_system,
        '@' as source_relation,
        addresses.email_raw as lookup_value,
        min_by(identities.contact_id, addresses.address_number) as contact_id,
        max(case when shared_addresses.email_normalized is not null then 1 else 0 end) = 1
            as is_shared
    from addresses
    inner join identities
        on
            addresses.email_normalized = identities.identifier_value
            and identities.identifier_type = 'email'
    left join shared_addresses
        on addresses.email_normalized = shared_addresses.email_normalized
    group by addresses.email_raw
),
{% for borrower, lender in borrowed.items() %}
-- {{ borrower }} holds ids of {{ lender }}, of whichever account: an id that two accounts give to
-- two people is nobody's
{{ borrower }}_ids as (
    select
        '{{ borrower }}' as source_system,
        '*' as source_relation,
        lookup_value,
        min(contact_id) as contact_id,
        false as is_shared
    from source_ids
    where source_system = '{{ lender }}'
    group by lookup_value
    having min(contact_id) = max(contact_id)
),
{% endfor %}
final as (
    select * from source_ids
    union all
    select * from spellings
{%- for borrower in borrowed %}
    union all
    select * from {{ borrower }}_ids
{%- endfor %}
)

select * from final
