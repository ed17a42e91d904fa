with accepted_lines as (
    select * from {{ ref('stg_ga4__sessions') }}
    where reject_reason is null
),

final as (
    select
        'ga4' as source_system,
        source_relation,
        source_file,
        line_number,
        loaded_at,
        line_key,
        user_pseudo_id || '.' || ga_session_id as source_session_id,
        case when user_id not like '%@%' then user_id end as source_contact_id,
        case when user_id like '%@%' then user_id end as email_raw,
        started_at,
        ended_at,
        -- time in the foreground; a tab left open overnight is no visit of ten hours
        coalesce(
            cast(engagement_time_msec as double) / 1000,
            {{ seconds_between('started_at', 'ended_at') }}
        ) as duration_seconds,
        page_views,
        source,
        medium,
        campaign,
        device_category as device,
        coalesce(converted, purchases > 0) as converted,
        case
            when add_to_carts is null and purchases is null then null
            else coalesce(add_to_carts, 0) > 0 and coalesce(purchases, 0) = 0
        end as cart_abandoned
    from accepted_lines
)

select * from final
