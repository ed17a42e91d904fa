with suppressions as (
{{ union_systems('suppressions') | indent(4) }}
),

consents as (
    select * from {{ ref('int_consents__unified') }}
),

events as (
    select * from {{ ref('int_email_events__unified') }}
),

lookup as (
    select * from {{ ref('int_contact_lookup') }}
),

holders as (
    select
        identifier_value as email_normalized,
        contact_id
    from {{ ref('int_contact_identities') }}
    where identifier_type = 'email'
),

addresses as (
    select * from {{ ref('int_email_addresses__normalized') }}
),

declared as (
    select
        coalesce(ids.contact_id, emails.contact_id) as contact_id,
        addresses.email_normalized,
        suppressions.cause,
        'global' as scope_type,
        cast(null as {{ dbt.type_string() }}) as scope_id,
        suppressions.source_system,
        suppressions.source_relation,
        suppressions.started_at,
        suppressions.ended_at,
        suppressions.source_file,
        suppressions.loaded_at
    from suppressions
    left join lookup as ids
        on
            suppressions.source_system = ids.source_system
            and {{ lookup_relation('suppressions') }} = ids.source_relation
            and suppressions.source_contact_id = ids.lookup_value
    left join lookup as emails
        on
            suppressions.email_raw = emails.lookup_value
            and emails.source_system = '@'
    left join addresses on suppressions.email_raw = addresses.email_raw
),

observed as (
    select
        events.contact_id,
        addresses.email_normalized,
        case events.event_type when 'complaint' then 'complaint' else 'hard_bounce' end as cause,
        'global' as scope_type,
        cast(null as {{ dbt.type_string() }}) as scope_id,
        events.source_system,
        events.source_relation,
        events.occurred_at as started_at,
        cast(null as timestamp) as ended_at,
        events.source_file,
        events.loaded_at
    from events
    left join addresses on events.email_raw = addresses.email_raw
    where events.event_type in ('complaint', 'bounce_hard')
),

unsubscribed as (
    select
        contact_id,
        email_normalized,
        'unsubscribe' as cause,
        scope_type,
        scope_id,
        source_system,
        source_relation,
        occurred_at as started_at,
        cast(null as timestamp) as ended_at,
        source_file,
        loaded_at
    from consents
    where channel = 'email' and status = 'unsubscribed'
),

named as (
    select * from declared
    union all
    select * from observed
    union all
    select * from unsubscribed
),

-- a line that names one person by id and the address of another speaks against both: nobody can say
-- which of the two it meant
address_holders as (
    select
        holders.contact_id,
        named.email_normalized,
        named.cause,
        named.scope_type,
        named.scope_id,
        named.source_system,
        named.source_relation,
        named.started_at,
        named.ended_at,
        named.source_file,
        named.loaded_at
    from named
    inner join holders on named.email_normalized = holders.email_normalized
    where named.contact_id <> holders.contact_id
),

final as (
    select * from named
    union all
    select * from address_holders
)

select * from final
