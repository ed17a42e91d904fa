{{ after_gate('gate_intermediate') }}
with sessions as (
    select * from {{ ref('int_web_sessions__unified') }}
),

final as (
    select
        session_id,
        contact_id,
        source_system,
        source_relation,
        source_session_id,
        started_at,
        ended_at,
        cast(duration_seconds as double) as duration_seconds,
        cast(page_views as integer) as page_views,
        source,
        medium,
        campaign,
        device,
        converted,
        cart_abandoned,
        source_file,
        cast(line_number as bigint) as line_number,
        loaded_at
    from sessions
)

select * from final
