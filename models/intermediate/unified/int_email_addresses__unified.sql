-- one row per spelling of an address, so that normalisation runs over distinct addresses
-- and never over events
with addresses as (
{% for entity in [
    'contact_records', 'consents', 'suppressions', 'email_events', 'orders', 'web_sessions',
] %}
    select raw_addresses.email_raw
    from (
{{ union_systems(entity, ['email_raw']) | indent(8) }}
    ) as raw_addresses
    where raw_addresses.email_raw is not null
    group by raw_addresses.email_raw
    {%- if not loop.last %}
    union all
    {%- endif %}
{% endfor %}
    union all
    select email_raw
    from {{ ref('int_opt_out_addresses__unified') }}
),

final as (
    select addresses.email_raw
    from addresses
    group by addresses.email_raw
)

select * from final
