with sessions as (
{{ union_systems('web_sessions') | indent(4) }}
),

lookup as (
    select * from {{ ref('int_contact_lookup') }}
),

-- web tools rewrite the sessions of the last days: the last version counts. Only of a GA4 session
-- the version that starts first does: an export that begins at midnight holds a stump of it
ranked as (
    select
        *,
        row_number() over (
            partition by source_system, source_relation, source_session_id
            order by
                case when source_system = 'ga4' then started_at end,
                loaded_at desc,
                source_file desc,
                line_number desc
        ) as version_rank
    from sessions
),

final as (
    select
        {{ canonical_key([
            'sessions.source_system', 'sessions.source_relation', 'sessions.source_session_id',
        ]) }} as session_id,
        coalesce(ids.contact_id, emails.contact_id) as contact_id,
        sessions.source_system,
        sessions.source_relation,
        sessions.source_session_id,
        sessions.started_at,
        sessions.ended_at,
        coalesce(
            sessions.duration_seconds,
            cast(
                {{ epoch_seconds('sessions.ended_at') }}
                - {{ epoch_seconds('sessions.started_at') }} as double
            )
        ) as duration_seconds,
        sessions.page_views,
        sessions.source,
        sessions.medium,
        sessions.campaign,
        lower(sessions.device) as device,
        sessions.converted,
        sessions.cart_abandoned,
        sessions.source_file,
        sessions.line_number,
        sessions.loaded_at
    from ranked as sessions
    left join lookup as ids
        on
            sessions.source_system = ids.source_system
            and {{ lookup_relation('sessions') }} = ids.source_relation
            and sessions.source_contact_id = ids.lookup_value
    left join lookup as emails
        on
            sessions.email_raw = emails.lookup_value
            and emails.source_system = '@'
    where sessions.version_rank = 1
)

select * from final
