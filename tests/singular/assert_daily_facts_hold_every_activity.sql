-- Facts of a day that was not built again after it changed would lose or double activity: totals
-- of the daily facts against the events, sessions and orders themselves.
with expected as (
    select
        sum(case when event_type = 'sent' then event_count else 0 end) as sends,
        sum(case when event_type = 'open' then event_count else 0 end) as opens,
        sum(case when event_type = 'click' then event_count else 0 end) as clicks,
        sum(case when event_type = 'unsubscribe' then event_count else 0 end) as unsubscribes
    from {{ ref('int_email_events__unified') }}
    where contact_id is not null and occurred_at is not null
),

-- a session without a contact is that of its events, where they name exactly one
named_sessions as (
    select session_id
    from {{ ref('int_web_events__unified') }}
    where session_id is not null
    group by session_id
    having count(distinct contact_id) = 1
),

expected_sessions as (
    select count(*) as sessions
    from {{ ref('int_web_sessions__unified') }} as sessions
    left join named_sessions on sessions.session_id = named_sessions.session_id
    where
        coalesce(sessions.contact_id, named_sessions.session_id) is not null
        and sessions.started_at is not null
),

expected_orders as (
    select
        coalesce(sum(case when is_counted then 1 else 0 end), 0) as orders,
        sum(revenue_base) as revenue
    from {{ ref('int_orders__unified') }}
    where contact_id is not null and ordered_at is not null
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
