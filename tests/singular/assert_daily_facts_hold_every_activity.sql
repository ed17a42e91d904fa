-- Facts of a day that was not built again after it changed would lose or double activity: totals
-- of the daily facts against the events, sessions and orders themselves, less those whose date lies
-- outside the span of the data.
with span as (
    select * from {{ ref('int_activity_span') }}
),

expected as (
    select
        sum(case when events.event_type = 'sent' then events.event_count else 0 end) as sends,
        sum(case when events.event_type = 'open' then events.event_count else 0 end) as opens,
        sum(case when events.event_type = 'click' then events.event_count else 0 end) as clicks,
        sum(case when events.event_type = 'unsubscribe' then events.event_count else 0 end)
            as unsubscribes
    from {{ ref('int_email_events__unified') }} as events
    inner join span on {{ is_in_span('events', 'occurred_at') | indent(4) }}
    where events.contact_id is not null
),

-- a session without a contact is that of its events, where they name exactly one
named_sessions as (
    select web_events.session_id
    from {{ ref('int_web_events__unified') }} as web_events
    inner join span on {{ is_in_span('web_events', 'occurred_at') | indent(4) }}
    where web_events.session_id is not null
    group by web_events.session_id
    having count(distinct web_events.contact_id) = 1
),

expected_sessions as (
    select count(*) as sessions
    from {{ ref('int_web_sessions__unified') }} as sessions
    inner join span on {{ is_in_span('sessions', 'started_at') | indent(4) }}
    left join named_sessions on sessions.session_id = named_sessions.session_id
    where coalesce(sessions.contact_id, named_sessions.session_id) is not null
),

expected_orders as (
    select
        coalesce(sum(case when orders.is_counted then 1 else 0 end), 0) as orders,
        sum(orders.revenue_base) as revenue
    from {{ ref('int_orders__unified') }} as orders
    inner join span on {{ is_in_span('orders', 'ordered_at') | indent(4) }}
    where orders.contact_id is not null
),

found as (
    select
        sum(sends) as sends,
        sum(human_opens + unknown_opens + machine_opens) as opens,
        sum(human_clicks + machine_clicks + leave_clicks) as clicks,
        sum(unsubscribes) as unsubscribes,
        sum(sessions) as sessions,
        sum(orders) as orders,
        sum(revenue) as revenue
    from {{ ref('int_contact_activity__daily') }}
)

select
    found.*,
    expected.*,
    expected_sessions.sessions as expected_sessions,
    expected_orders.orders as expected_orders,
    expected_orders.revenue as expected_revenue
from found
cross join expected
cross join expected_sessions
cross join expected_orders
where
    coalesce(found.sends, 0) <> coalesce(expected.sends, 0)
    or coalesce(found.opens, 0) <> coalesce(expected.opens, 0)
    or coalesce(found.clicks, 0) <> coalesce(expected.clicks, 0)
    or coalesce(found.unsubscribes, 0) <> coalesce(expected.unsubscribes, 0)
    or coalesce(found.sessions, 0) <> expected_sessions.sessions
    or coalesce(found.orders, 0) <> expected_orders.orders
    or coalesce(found.revenue, 0) <> coalesce(expected_orders.revenue, 0)
