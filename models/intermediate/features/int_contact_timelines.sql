with activity as (
    select * from {{ ref('int_contact_activity__daily') }}
),

contacts as (
    select * from {{ ref('int_contacts__resolved') }}
),

signal_weights as (
    select * from {{ ref('signal_weights') }}
),

unknown_opens as (
    select
        coalesce(
            max(case when quality = 'unknown' and signal = 'open' then weight end), 0
        ) as weight
    from signal_weights
),

-- few, so the join against every day stays small
refused as (
    select contact_id
    from contacts
    where not email_tracking_allowed
),

days as (
    select
        activity.contact_id,
        activity.activity_date,
        activity.sends,
        case
            when activity.sends + activity.deliveries + activity.human_opens
                + activity.unknown_opens + activity.machine_opens + activity.human_clicks
                + activity.machine_clicks + activity.bounces_hard + activity.bounces_soft
                + activity.unsubscribes + activity.complaints > 0
                then activity.activity_date
        end as email_date,
        case when activity.sends > 0 then activity.activity_date end as send_date,
        case
            when refused.contact_id is null
                and activity.human_opens + activity.unknown_opens * unknown_opens.weight > 0
                then activity.activity_date
        end as open_date,
        case when activity.human_clicks > 0 then activity.activity_date end as click_date,
        case when activity.sessions > 0 then activity.activity_date end as session_date,
        case when activity.orders > 0 then activity.activity_date end as order_date
    from activity
    cross join unknown_opens
    left join refused on activity.contact_id = refused.contact_id
),

-- a second message on the same day is one more element of send_dates
more_sends as (
    select
        contact_id,
        send_date,
        {{ repeat_rows('sends - 1') }} as repetition
    from days
    where sends > 1
),

marks as (
    select
        contact_id,
        activity_date,
        email_date,
        send_date,
        open_date,
        click_date,
        session_date,
        order_date
    from days
    union all
    select
        contact_id,
        send_date as activity_date,
        send_date as email_date,
        send_date,
        cast(null as date) as open_date,
        cast(null as date) as click_date,
        cast(null as date) as session_date,
        cast(null as date) as order_date
    from more_sends
),

timelines as (
    select
        contact_id,
        min(activity_date) as first_activity_date,
        min(email_date) as first_email_date,
        {{ sorted_list('send_date') }} as send_dates,
        {{ sorted_list('open_date') }} as open_dates,
        {{ sorted_list('click_date') }} as click_dates,
        {{ sorted_list('session_date') }} as session_dates,
        {{ sorted_list('order_date') }} as order_dates
    from marks
    group by contact_id
),

engaged as (
    select
        *,
        {{ list_union(['open_dates', 'click_dates', 'session_dates', 'order_dates']) }}
            as engaged_dates
    from timelines
),

final as (
    select
        *,
        {{ list_gaps('engaged_dates') }} as engagement_gaps,
        {{ list_gaps('order_dates') }} as order_gaps
    from engaged
)

select * from final
