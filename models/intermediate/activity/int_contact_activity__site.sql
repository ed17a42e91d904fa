{{ config(materialized='view') }}

with span as (
    select * from {{ ref('int_activity_span') }}
),

sessions as (
    select all_sessions.*
    from {{ ref('int_web_sessions__unified') }} as all_sessions
    inner join span on {{ is_in_span('all_sessions', 'started_at') | indent(4) }}
),

web_events as (
    select all_events.*
    from {{ ref('int_web_events__unified') }} as all_events
    inner join span on {{ is_in_span('all_events', 'occurred_at') | indent(4) }}
),

orders as (
    select all_orders.*
    from {{ ref('int_orders__unified') }} as all_orders
    inner join span on {{ is_in_span('all_orders', 'ordered_at') | indent(4) }}
),

items as (
    select * from {{ ref('int_order_items__unified') }}
),

products as (
    select * from {{ ref('int_products__unified') }}
),

-- what happened inside a session, for exports that have the events and not the totals
session_steps as (
    select
        session_id,
        sum(case when event_name = 'page_view' then 1 else 0 end) as page_views,
        max(case when event_name = 'add_to_cart' then 1 else 0 end) as carts,
        max(case when event_name = 'purchase' then 1 else 0 end) as purchases,
        -- a session whose events tell one contact is theirs, one whose events tell two is nobody's
        case when min(contact_id) = max(contact_id) then min(contact_id) end as contact_id
    from web_events
    where session_id is not null
    group by session_id
),

known_sessions as {{ inline_cte() }} (
    select
        sessions.session_id,
        coalesce(sessions.contact_id, session_steps.contact_id) as contact_id,
        sessions.started_at as occurred_at,
        {{ local_date('sessions.started_at') }} as activity_date,
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
    where
        coalesce(sessions.contact_id, session_steps.contact_id) is not null
),

-- web events outside any session of somebody
loose_steps as (
    select
        web_events.contact_id,
        {{ local_date('web_events.occurred_at') }} as activity_date,
        max(web_events.occurred_at) as occurred_at,
        cast(
            sum(case when web_events.event_name = 'page_view' then 1 else 0 end) as int
        ) as page_views,
        max(case when web_events.event_name = 'add_to_cart' then 1 else 0 end) as carts,
        max(case when web_events.event_name = 'purchase' then 1 else 0 end) as purchases
    from web_events
    left join known_sessions on web_events.session_id = known_sessions.session_id
    where
        known_sessions.session_id is null
        and web_events.contact_id is not null
    group by web_events.contact_id, {{ local_date('web_events.occurred_at') }}
),

counted_orders as (
    select
        order_id,
        contact_id,
        ordered_at as occurred_at,
        {{ local_date('ordered_at') }} as activity_date,
        revenue_base as amount
    from orders
    where is_counted and contact_id is not null
),

credits as (
    select
        contact_id,
        ordered_at as occurred_at,
        revenue_base as amount
    from orders
    where
        not is_counted
        and revenue_base <> 0
        and contact_id is not null
),

order_days as (
    select
        contact_id,
        activity_date
    from counted_orders
    group by contact_id, activity_date
),

-- a cart counts as abandoned when its contact bought nothing on that day, in any shop
abandoned_carts as (
    select
        carts.contact_id,
        carts.occurred_at
    from known_sessions as carts
    left join order_days
        on
            carts.contact_id = order_days.contact_id
            and carts.activity_date = order_days.activity_date
    where carts.is_cart_abandoned and order_days.contact_id is null
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
    from abandoned_carts
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

categories as (
    select
        orders_known.contact_id,
        orders_known.activity_date,
        max(orders_known.occurred_at) as occurred_at,
        products.category,
        row_number() over (
            partition by orders_known.contact_id, orders_known.activity_date
            order by sum(items.line_amount_base) desc, products.category
        ) as category_rank
    from items
    inner join counted_orders as orders_known on items.order_id = orders_known.order_id
    inner join products on items.product_id = products.product_id
    where products.category is not null
    group by orders_known.contact_id, orders_known.activity_date, products.category
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
        contact_id,
        occurred_at,
        'credit' as kind,
        amount,
        cast(null as {{ dbt.type_string() }}) as category
    from credits
    union all
    select
        contact_id,
        occurred_at,
        'category' as kind,
        cast(null as decimal(18, 4)) as amount,
        category
    from categories
    where category_rank = 1
),

activity as (
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
