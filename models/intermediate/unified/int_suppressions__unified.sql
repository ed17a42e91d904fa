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
        cast(null as {{ dbt.type_string() }}) as email_normalized,
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

-- an opt-in lifts an unsubscription only in the same scope, only when it is later, and never when
-- it came by import or API: those carry lists around, not a person's decision
opt_ins as (
    select
        contact_id,
        scope_type,
        scope_id,
        source_system,
        source_relation,
        max(occurred_at) as last_opt_in_at
    from consents
    where
        channel = 'email'
        and status = 'subscribed'
        and contact_id is not null
        and coalesce(method, '') not in ('import', 'api')
    group by contact_id, scope_type, scope_id, source_system, source_relation
),

evidence as (
    select * from declared
    union all
    select * from observed
    union all
    select * from unsubscribed
),

-- an end (HubSpot's UNBOUNCE) ends what the same account knew until then, whatever line said it
grouped as (
    select
        contact_id,
        email_normalized,
        cause,
        scope_type,
        scope_id,
        source_system,
        source_relation,
        max(started_at) as started_at,
        max(max(ended_at)) over (
            partition by
                coalesce(contact_id, email_normalized), cause, source_system, source_relation
        ) as declared_end_at,
        max(source_file) as source_file,
        max(loaded_at) as loaded_at
    from evidence
    where contact_id is not null or email_normalized is not null
    group by
        contact_id,
        email_normalized,
        cause,
        scope_type,
        scope_id,
        source_system,
        source_relation
),

ended as (
    select
        grouped.*,
        case
            when
                grouped.cause = 'unsubscribe'
                and opt_ins.last_opt_in_at > grouped.started_at
                then opt_ins.last_opt_in_at
            when grouped.declared_end_at >= coalesce(grouped.started_at, grouped.declared_end_at)
                then grouped.declared_end_at
        end as ended_at
    from grouped
    left join opt_ins
        on
            grouped.contact_id = opt_ins.contact_id
            and grouped.source_system = opt_ins.source_system
            and grouped.source_relation = opt_ins.source_relation
            and grouped.scope_type = opt_ins.scope_type
            and coalesce(grouped.scope_id, '') = coalesce(opt_ins.scope_id, '')
),

final as (
    select
        {{ canonical_key([
            'contact_id', 'email_normalized', 'cause', 'scope_type', 'scope_id',
            'source_system', 'source_relation',
        ]) }} as suppression_id,
        contact_id,
        email_normalized,
        cause,
        scope_type,
        scope_id,
        started_at,
        ended_at,
        ended_at is null as is_open,
        source_system,
        source_relation,
        source_file,
        loaded_at
    from ended
)

select * from final
