with evidence as (
    select * from {{ ref('int_suppression_evidence__unified') }}
),

consents as (
    select * from {{ ref('int_consents__unified') }}
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

-- an end (HubSpot's UNBOUNCE) ends what the same account knew of the same address until then,
-- whatever line said it; another address of the same person stays as dead as it was
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
                coalesce(email_normalized, contact_id), cause, source_system, source_relation
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
