{{ config(materialized='view') }}

-- everything a known contact did or received, in one shape: the daily facts and the fingerprint that
-- says which days changed read the same rows, so they cannot disagree
with events as (
    select * from {{ ref('int_email_events__classified') }}
),

sessions as (
    select * from {{ ref('int_web_sessions__unified') }}
),

web_events as (
    select * from {{ ref('int_web_events__unified') }}
),

orders as (
    select * from {{ ref('int_orders__unified') }}
),

items as (
    select * from {{ ref('int_order_items__unified') }}
),

products as (
    select * from {{ ref('int_products__unified') }}
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
        cast(null as {{ dbt.type_string() }}) as category
    from events
    where
        contact_id is not null
        and occurred_at is not null
        and event_type in (
            'sent', 'delivered', 'open', 'click', 'bounce_hard', 'bounce_soft', 'unsubscribe',
            'complaint'
        )
),

-- what happened inside a session, for exports that have the events and not the totals
session_steps as (
    select
        session_id,
        sum(case when event_name = 'page_view' then 1 else 0 end) as page_views,
        max(case when event_name = 'add_to_cart' then 1 else 0 end) as carts,
        max(case when event_name = 'purchase' then 1 else 0 end) as purchases
    from web_events
    where session_id is not null
    group by session_id
),

known_sessions as {{ inline_cte() }} (
    select
        sessions.contact_id,
        sessions.started_at as occurred_at,
        sessions.duration_seconds as seconds,
        cast(coalesce(sessions.page_views, session_steps.page_views) as int) as page_views,
        sessions.device,
        coalesce(
            sessions.cart_abandoned,
            session_steps.carts = 1
            and session_steps.purchases = 0
            and not coalesce(sessions.converted, false)
        ) as is_cart_abandoned
    from sessions
    left join session_steps on sessions.session_id = session_steps.session_id
    where sessions.contact_id is not null and sessions.started_at is not null
),

-- web events outside any session: a cart counts as abandoned when the day saw no purchase
loose_steps as (
    select
        contact_id,
        {{ local_date('occurred_at') }} as activity_date,
        max(occurred_at) as occurred_at,
        cast(sum(case when event_name = 'page_view' then 1 else 0 end) as int) as page_views,
        max(case when event_name = 'add_to_cart' then 1 else 0 end) as carts,
        max(case when event_name = 'purchase' then 1 else 0 end) as purchases
    from web_events
    where session_id is null and contact_id is not null and occurred_at is not null
    group by contact_id, {{ local_date('occurred_at') }}
),

counted_orders as (
    select
        order_id,
        contact_id,
        ordered_at as occurred_at,
        net_amount_base - refunded_amount_base as amount
    from orders
    where is_counted and contact_id is not null and ordered_at is not null
),

order_days as (
    select
        contact_id,
        {{ local_date('occurred_at') }} as activity_date
    from counted_orders
    group by contact_id, {{ local_date('occurred_at') }}
),

web_activity as (
    select
        contact_id,
        occurred_at,
        'session' as kind,
        1 as quantity,
        seconds,
        page_views,
        device
    from known_sessions
    union all
    select
        contact_id,
        occurred_at,
        'cart' as kind,
        1 as quantity,
        null as seconds,
        null as page_views,
        null as device
    from known_sessions
    where is_cart_abandoned
    union all
    select
        loose_steps.contact_id,
        loose_steps.occurred_at,
        'cart' as kind,
        case
            when
                loose_steps.carts = 1
                and loose_steps.purchases = 0
                and order_days.contact_id is null
                then 1
            else 0
        end as quantity,
        null as seconds,
        loose_steps.page_views,
        null as device
    from loose_steps
    left join order_days
        on
            loose_steps.contact_id = order_days.contact_id
            and loose_steps.activity_date = order_days.activity_date
),

shop_activity as (
    select
        contact_id,
        occurred_at,
        'order' as kind,
        amount,
        cast(null as {{ dbt.type_string() }}) as category
    from counted_orders
    union all
    select
        counted_orders.contact_id,
        counted_orders.occurred_at,
        'item' as kind,
        items.line_amount_base as amount,
        products.category
    from items
    inner join counted_orders on items.order_id = counted_orders.order_id
    inner join products on items.product_id = products.product_id
    where products.category is not null
),

activity as (
    select * from email_activity
    union all
    select
        contact_id,
        occurred_at,
        kind,
        quantity,
        seconds,
        page_views,
        cast(null as decimal(18, 4)) as amount,
        device,
        cast(null as {{ dbt.type_string() }}) as category
    from web_activity
    union all
    select
        contact_id,
        occurred_at,
        kind,
        1 as quantity,
        cast(null as double) as seconds,
        cast(null as int) as page_views,
        amount,
        cast(null as {{ dbt.type_string() }}) as device,
        category
    from shop_activity
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
        category
    from activity
)

select * from final
