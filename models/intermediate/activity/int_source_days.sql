-- small: accounts x signals x days. The span that the data supports and the gate's look at sources
-- that fell silent read it, in place of all events
with events as (
    select * from {{ ref('int_email_events__unified') }}
),

orders as (
    select * from {{ ref('int_orders__unified') }}
),

sessions as (
    select * from {{ ref('int_web_sessions__unified') }}
),

web_events as (
    select * from {{ ref('int_web_events__unified') }}
),

lines as (
    select
        source_system,
        source_relation,
        'email_events' as entity,
        case when event_type in ('sent', 'open', 'click') then event_type else 'other' end
            as signal,
        occurred_at,
        contact_id,
        source_file,
        loaded_at
    from events
    where
        event_type in (
            'sent', 'delivered', 'open', 'click', 'bounce_hard', 'bounce_soft', 'unsubscribe',
            'complaint'
        )
    union all
    select
        source_system,
        source_relation,
        'orders' as entity,
        'order' as signal,
        ordered_at as occurred_at,
        contact_id,
        source_file,
        loaded_at
    from orders
    where is_counted or revenue_base <> 0
    union all
    select
        source_system,
        source_relation,
        'web_sessions' as entity,
        'session' as signal,
        started_at as occurred_at,
        contact_id,
        source_file,
        loaded_at
    from sessions
    union all
    select
        source_system,
        source_relation,
        'web_events' as entity,
        'web_event' as signal,
        occurred_at,
        contact_id,
        source_file,
        loaded_at
    from web_events
),

dated as (
    select
        source_system,
        source_relation,
        entity,
        signal,
        {{ local_date('occurred_at') }} as activity_date,
        occurred_at,
        contact_id is not null as is_known,
        contact_id is not null
        and ({{ is_possible_time('occurred_at') }} or {{ has_accepted_dates() }})
            as is_evidence,
        {{ has_accepted_dates() }} as is_accepted
    from lines
),

final as (
    select
        source_system,
        source_relation,
        entity,
        signal,
        activity_date,
        count(*) as line_count,
        cast(sum(case when is_known then 1 else 0 end) as bigint) as known_lines,
        -- all recipients of a campaign have its date: one wrong date, however many lines
        case
            when
                min(case when is_evidence then occurred_at end)
                = max(case when is_evidence then occurred_at end)
                then 1
            else cast(sum(case when is_evidence then 1 else 0 end) as bigint)
        end as moments,
        cast(sum(case when is_evidence and is_accepted then 1 else 0 end) as bigint)
            as accepted_lines
    from dated
    group by source_system, source_relation, entity, signal, activity_date
)

select * from final
