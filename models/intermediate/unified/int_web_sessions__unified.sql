with sessions as (
{{ union_systems('web_sessions') | indent(4) }}
),

lookup as (
    select * from {{ ref('int_contact_lookup') }}
),

-- most sessions have one version: only those whose hash occurs twice are ranked
repeated_hashes as (
    select {{ row_hash(['keys.source_system', 'keys.source_relation', 'keys.source_session_id']) }}
        as key_hash
    from (
{{ union_systems('web_sessions', ['source_system', 'source_relation', 'source_session_id'])
    | indent(8) }}
    ) as keys
    group by
        {{ row_hash(['keys.source_system', 'keys.source_relation', 'keys.source_session_id']) }}
    having count(*) > 1
),

identified as (
    select
        sessions.*,
        coalesce(ids.contact_id, emails.contact_id) as contact_id,
        coalesce(sessions.source_contact_id, sessions.email_raw) is not null as is_named,
        repeated_hashes.key_hash is not null as is_repeated
    from sessions
    left join repeated_hashes
        on
            {{ row_hash([
                'sessions.source_system', 'sessions.source_relation', 'sessions.source_session_id',
            ]) }} = repeated_hashes.key_hash
    left join lookup as ids
        on
            sessions.source_system = ids.source_system
            and {{ lookup_relation('sessions') }} = ids.source_relation
            and sessions.source_contact_id = ids.lookup_value
    left join lookup as emails
        on
            sessions.email_raw = emails.lookup_value
            and emails.source_system = '@'
),

-- web tools rewrite the sessions of the last days: the last version counts. Only of a GA4 session
-- the version that starts first does: an export that begins at midnight holds a stump of it
ranked as {{ inline_cte() }} (
    select
        *,
        1 as version_rank
    from identified
    where not is_repeated
    union all
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
    from identified
    where is_repeated
),

-- who it was, where the version that counts leads to nobody and another to somebody
visitors as (
    select
        source_system,
        source_relation,
        source_session_id,
        min_by(contact_id, case when contact_id is not null then version_rank end) as contact_id,
        max(case when is_named then 1 else 0 end) = 1 as is_named
    from ranked
    where is_repeated
    group by
        source_system,
        source_relation,
        source_session_id
),

final as (
    select
        {{ canonical_key([
            'sessions.source_system', 'sessions.source_relation', 'sessions.source_session_id',
        ]) }} as session_id,
        coalesce(sessions.contact_id, visitors.contact_id) as contact_id,
        sessions.source_system,
        sessions.source_relation,
        sessions.source_session_id,
        sessions.is_named or coalesce(visitors.is_named, false) as is_named,
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
    left join visitors
        on
            sessions.source_system = visitors.source_system
            and sessions.source_relation = visitors.source_relation
            and sessions.source_session_id = visitors.source_session_id
    where sessions.version_rank = 1
)

select * from final
