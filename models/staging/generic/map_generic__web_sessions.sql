with accepted_lines as (
    select * from {{ ref('stg_generic__web_sessions') }}
    where reject_reason is null
),

final as (
    select
        'generic' as source_system,
        source_relation,
        source_file,
        line_number,
        loaded_at,
        line_key,
        source_session_id,
        source_contact_id,
        email_raw,
        started_at,
        ended_at,
        coalesce(
            duration_seconds,
            {{ seconds_between('started_at', 'ended_at') }}
        ) as duration_seconds,
        page_views,
        source,
        medium,
        campaign,
        device,
        converted,
        cast(null as boolean) as cart_abandoned
    from accepted_lines
)

select * from final
