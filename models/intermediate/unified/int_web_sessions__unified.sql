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

-- who it was, where the version that counts does not tell and another does
told as (
    select
        source_system,
        source_relation,
        source_session_id,
        min(
            case
                when coalesce(source_contact_id, email_raw) is not null then version_rank
            end
        ) as visitor_rank
    from ranked
    group by
        source_system,
        source_relation,
        source_session_id
    having count(*) > 1
),

visitors as (
    select
        ranked.source_system,
        ranked.source_relation,
        ranked.source_session_id,
        ranked.source_contact_id,
        ranked.email_raw
    from ranked
    inner join told
        on
            ranked.source_system = told.source_system
            and ranked.source_relation = told.source_relation
            and ranked.source_session_id = told.source_session_id
            and ranked.version_rank = told.visitor_rank
),

current_sessions as (
    select
        ranked.*,
        coalesce(ranked.source_contact_id, visitors.source_contact_id) as visitor_contact_id,
        coalesce(ranked.email_raw, visitors.email_raw) as visitor_email
    from ranked
    left join visitors
        on
            ranked.source_system = visitors.source_system
            and ranked.source_relation = visitors.source_relation
            and ranked.source_session_id = visitors.source_session_id
    where ranked.version_rank = 1
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
        coalesce(sessions.visitor_contact_id, sessions.visitor_email) is not null as is_named,
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
    from current_sessions as sessions
    left join lookup as ids
        on
            sessions.source_system = ids.source_system
            and {{ lookup_relation('sessions') }} = ids.source_relation
            and sessions.visitor_contact_id = ids.lookup_value
    left join lookup as emails
        on
            sessions.visitor_email = emails.lookup_value
            and emails.source_system = '@'
)

select * from final
