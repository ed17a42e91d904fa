{{ config(materialized='view') }}

-- everything a known contact did or received, in one shape: the daily facts and the fingerprint
-- that says which days changed read the same rows, so they cannot disagree
with span as (
    select * from {{ ref('int_activity_span') }}
),

events as (
    select classified.*
    from {{ ref('int_email_events__classified') }} as classified
    inner join span on {{ is_in_span('classified', 'occurred_at') | indent(4) }}
),

site_activity as (
    select * from {{ ref('int_contact_activity__site') }}
),

email_activity as (
    select
        contact_id,
        occurred_at,
        case
            when event_type = 'sent' then 'send'
            when event_type = 'delivered' then 'delivery'
            when event_type = 'open' and signal_quality = 'human' then 'human_open'
            when event_type = 'open' and signal_quality = 'unknown' then 'unknown_open'
            when event_type = 'open' then 'machine_open'
            when event_type = 'click' and is_engagement then 'human_click'
            -- the unsubscribe link is followed to leave, not to read
            when event_type = 'click' and signal_quality = 'human' then 'leave_click'
            when event_type = 'click' then 'bot_click'
            else event_type
        end as kind,
        event_count as quantity,
        cast(null as double) as seconds,
        cast(null as int) as page_views,
        cast(null as decimal(18, 4)) as amount,
        case
            when user_agent is null or not is_engagement then null
            when user_agent like '%iPad%' or user_agent like '%Tablet%' then 'tablet'
            when user_agent like '%Mobi%' or user_agent like '%Android%' then 'mobile'
            else 'desktop'
        end as device,
        cast(null as {{ dbt.type_string() }}) as category,
        campaign_id
    from events
    where
        contact_id is not null
        and event_type in (
            'sent', 'delivered', 'open', 'click', 'bounce_hard', 'bounce_soft', 'unsubscribe',
            'complaint'
        )
),

final as (
    select
        contact_id,
        {{ local_date('occurred_at') }} as activity_date,
        occurred_at,
        kind,
        quantity,
        seconds,
        page_views,
        amount,
        device,
        category,
        campaign_id
    from email_activity
    union all
    select
        contact_id,
        activity_date,
        occurred_at,
        kind,
        quantity,
        seconds,
        page_views,
        amount,
        device,
        category,
        cast(null as {{ dbt.type_string() }}) as campaign_id
    from site_activity
)

select * from final
