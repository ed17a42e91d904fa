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

opt_out_lines as (
    select * from {{ ref('int_opt_out_lines__identified') }}
    where opt_out_cause <> 'unknown'
),

addresses as (
    select * from {{ ref('int_email_addresses__listed') }}
),

declared as (
    select
        coalesce(ids.contact_id, emails.contact_id) as contact_id,
        cast(null as {{ dbt.type_string() }}) as contact_record_id,
        suppressions.source_contact_id,
        suppressions.email_raw,
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
        cast(null as {{ dbt.type_string() }}) as contact_record_id,
        events.source_contact_id,
        events.email_raw,
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
        consents.contact_id,
        consents.contact_record_id,
        consents.source_contact_id,
        consents.email_raw,
        coalesce(addresses.email_normalized, consents.email_normalized) as email_normalized,
        'unsubscribe' as cause,
        consents.scope_type,
        consents.scope_id,
        consents.source_system,
        consents.source_relation,
        consents.occurred_at as started_at,
        cast(null as timestamp) as ended_at,
        consents.source_file,
        consents.loaded_at
    from consents
    left join addresses on consents.email_raw = addresses.email_raw
    where consents.channel = 'email' and consents.status = 'unsubscribed'
),

-- undated: what else the line says cannot be relied on
salvaged as (
    select
        contact_id,
        cast(null as {{ dbt.type_string() }}) as contact_record_id,
        source_contact_id,
        -- quality__activation_holds looks at these lines themselves
        cast(null as {{ dbt.type_string() }}) as email_raw,
        email_normalized,
        opt_out_cause as cause,
        'global' as scope_type,
        cast(null as {{ dbt.type_string() }}) as scope_id,
        source_system,
        source_relation,
        cast(null as timestamp) as started_at,
        cast(null as timestamp) as ended_at,
        source_file,
        loaded_at
    from opt_out_lines
    where email_normalized is not null or source_contact_id is not null
),

-- a day that cannot be (an empty date read as 1970) is none: every opt-in would seem later
all_evidence as (
    select * from declared
    union all
    select * from observed
    union all
    select * from unsubscribed
    union all
    select * from salvaged
),

final as (
    select
        contact_id,
        contact_record_id,
        source_contact_id,
        email_raw,
        email_normalized,
        cause,
        scope_type,
        scope_id,
        source_system,
        source_relation,
        case when {{ is_possible_time('started_at') }} then started_at end as started_at,
        ended_at,
        source_file,
        loaded_at
    from all_evidence
)

select * from final
