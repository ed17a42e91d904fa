{{ config(materialized='changed_days', days_from='int_activity_days') }}

with days as (
    select * from {{ ref('int_activity_days') }}
),

activity as (
    select
        *,
        cast(quantity as double) as weight,
        -- a click or a visit says more about the device than any number of opens, and where opens
        -- may not be used it must be known whether there was one
        case when kind = 'human_open' then 1e0 else 1e6 end as device_weight
    from {{ ref('int_contact_activity__stream') }}
    where {{ facts_wanted() }}
),

-- each sum costs memory for every contact-day, and there are nearly as many of these as events:
-- counts are summed as floating numbers, exact far beyond any count, because DuckDB keeps 32 bytes
-- for a sum of integers and 16 for these; and one sum over all beats joining sums of a part, since
-- such a join holds all days in memory once more
contact_days as (
    select
        contact_id,
        activity_date,
        sum(case when kind = 'send' then weight else 0e0 end) as sends,
        sum(case when kind = 'delivery' then weight else 0e0 end) as deliveries,
        sum(case when kind = 'human_open' then weight else 0e0 end) as human_opens,
        sum(case when kind = 'unknown_open' then weight else 0e0 end) as unknown_opens,
        sum(case when kind = 'machine_open' then weight else 0e0 end) as machine_opens,
        sum(case when kind = 'human_click' then weight else 0e0 end) as human_clicks,
        sum(case when kind = 'bot_click' then weight else 0e0 end) as machine_clicks,
        sum(case when kind = 'leave_click' then weight else 0e0 end) as leave_clicks,
        sum(case when kind = 'bounce_hard' then weight else 0e0 end) as bounces_hard,
        sum(case when kind = 'bounce_soft' then weight else 0e0 end) as bounces_soft,
        sum(case when kind = 'unsubscribe' then weight else 0e0 end) as unsubscribes,
        sum(case when kind = 'complaint' then weight else 0e0 end) as complaints,
        sum(case when kind = 'session' then weight else 0e0 end) as sessions,
        sum(coalesce(seconds, 0e0)) as session_seconds,
        sum(coalesce(cast(page_views as double), 0e0)) as page_views,
        sum(case when kind = 'cart' then weight else 0e0 end) as cart_abandonments,
        sum(case when kind = 'order' then weight else 0e0 end) as orders,
        sum(case when kind = 'order' and amount is not null then weight else 0e0 end)
            as priced_orders,
        sum(case when kind in ('order', 'credit') then amount end) as revenue,
        min(case when kind = 'order' then occurred_at end) as first_order_at,
        max(case when kind = 'order' then occurred_at end) as last_order_at,
        max(category) as favourite_category,
        sum(case when device = 'mobile' then device_weight else 0e0 end) as mobile_uses,
        sum(case when device = 'desktop' then device_weight else 0e0 end) as desktop_uses,
        sum(case when device = 'tablet' then device_weight else 0e0 end) as tablet_uses,
        min(
            case
                when kind in ('human_open', 'human_click', 'session', 'order') then occurred_at
            end
        ) as first_engagement_at,
        min(case when kind in ('human_click', 'session', 'order') then occurred_at end)
            as first_act_at,
        min(occurred_at) as first_activity_at
    from activity
    group by contact_id, activity_date
),

final as (
    select
        contact_days.contact_id,
        contact_days.activity_date,
        cast(contact_days.sends as bigint) as sends,
        cast(contact_days.deliveries as bigint) as deliveries,
        cast(contact_days.human_opens as bigint) as human_opens,
        cast(contact_days.unknown_opens as bigint) as unknown_opens,
        cast(contact_days.machine_opens as bigint) as machine_opens,
        cast(contact_days.human_clicks as bigint) as human_clicks,
        cast(contact_days.machine_clicks as bigint) as machine_clicks,
        cast(contact_days.leave_clicks as bigint) as leave_clicks,
        cast(contact_days.bounces_hard as bigint) as bounces_hard,
        cast(contact_days.bounces_soft as bigint) as bounces_soft,
        cast(contact_days.unsubscribes as bigint) as unsubscribes,
        cast(contact_days.complaints as bigint) as complaints,
        cast(contact_days.sessions as bigint) as sessions,
        contact_days.session_seconds,
        cast(contact_days.page_views as bigint) as page_views,
        cast(contact_days.cart_abandonments as bigint) as cart_abandonments,
        cast(contact_days.orders as bigint) as orders,
        cast(contact_days.priced_orders as bigint) as priced_orders,
        cast(coalesce(contact_days.revenue, 0) as decimal(18, 4)) as revenue,
        contact_days.first_order_at,
        contact_days.last_order_at,
        contact_days.first_activity_at,
        cast(
            extract(hour from {{ local_time('contact_days.first_engagement_at') }}) as int
        ) as first_engagement_hour,
        cast(
            extract(hour from {{ local_time('contact_days.first_act_at') }}) as int
        ) as first_act_hour,
        case
            when
                contact_days.mobile_uses + contact_days.desktop_uses + contact_days.tablet_uses = 0
                then null
            when
                contact_days.mobile_uses >= contact_days.desktop_uses
                and contact_days.mobile_uses >= contact_days.tablet_uses
                then 'mobile'
            when contact_days.desktop_uses >= contact_days.tablet_uses then 'desktop'
            else 'tablet'
        end as device,
        contact_days.mobile_uses + contact_days.desktop_uses + contact_days.tablet_uses > 0
        and contact_days.mobile_uses + contact_days.desktop_uses + contact_days.tablet_uses < 1e6
            as is_device_of_opens,
        contact_days.favourite_category,
        days.day_fingerprint
    from contact_days
    inner join days on contact_days.activity_date = days.activity_date
)

select * from final
order by contact_id, activity_date
