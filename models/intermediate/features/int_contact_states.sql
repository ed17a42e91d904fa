{{ config(materialized='sliced', slices_from='int_feature_slices') }}

-- depends_on: {{ ref('int_feature_slices') }}
with clock as (
    select {{ slice_date() }} as as_of_date
),

contacts as (
    select * from {{ ref('int_contacts__resolved') }}
),

timelines as (
    select * from {{ ref('int_contact_timelines') }}
),

-- a signal that the whole warehouse does not hold yet was not collected: its absence means nothing
collected as (
    select
        min(first_activity_date) as first_activity_date,
        min({{ list_element('send_dates', 1) }}) <= {{ slice_date() }} as has_sends,
        min({{ list_element('session_dates', 1) }}) <= {{ slice_date() }} as has_sessions,
        min({{ list_element('order_dates', 1) }}) <= {{ slice_date() }} as has_orders
    from timelines
),

known as (
    select
        contacts.contact_id,
        coalesce(contacts.email_tracking_allowed, true) as is_open_tracking_allowed,
        {{ local_date('contacts.first_seen_at') }} as first_seen_date,
        timelines.first_activity_date,
        timelines.first_email_date,
        timelines.engagement_gaps,
        timelines.order_gaps,
        {{ list_until('timelines.send_dates', 'clock.as_of_date') }} as send_dates,
        {{ list_until('timelines.open_dates', 'clock.as_of_date') }} as open_dates,
        {{ list_until('timelines.click_dates', 'clock.as_of_date') }} as click_dates,
        {{ list_until('timelines.session_dates', 'clock.as_of_date') }} as session_dates,
        {{ list_until('timelines.order_dates', 'clock.as_of_date') }} as order_dates,
        {{ list_until('timelines.engaged_dates', 'clock.as_of_date') }} as engaged_dates
    from contacts
    cross join clock
    left join timelines on contacts.contact_id = timelines.contact_id
    -- a contact whom no source dates counts as always known
    where
        contacts.first_seen_at is null
        or {{ local_date('contacts.first_seen_at') }} <= {{ slice_date() }}
        or timelines.first_activity_date <= {{ slice_date() }}
),

measured as (
    select
        known.*,
        coalesce(known.first_email_date <= {{ slice_date() }}, false) as has_email,
        coalesce(collected.has_sends, false) as has_sends,
        coalesce(collected.has_sessions, false) as has_sessions,
        coalesce(collected.has_orders, false) as has_orders,
        collected.first_activity_date as data_since,
        case
            when known.first_activity_date <= {{ slice_date() }} then known.first_activity_date
        end as active_since,
        {{ list_length('known.send_dates') }} as sends_lifetime,
        {{ list_length('known.engaged_dates') }} as engagement_days_lifetime,
        {{ list_length('known.order_dates') }} as order_days_lifetime,
        {{ list_element('known.send_dates', -1) }} as last_send_date,
        {{ list_element('known.open_dates', -1) }} as last_open_date,
        {{ list_element('known.click_dates', -1) }} as last_click_date,
        {{ list_element('known.session_dates', -1) }} as last_session_date,
        {{ list_element('known.order_dates', -1) }} as last_order_date,
        {{ list_element('known.engaged_dates', -1) }} as last_engagement_date
    from known
    cross join collected
),

final as (
    select
        contact_id,
        {{ slice_date() }} as as_of_date,
        has_email and is_open_tracking_allowed as is_open_collected,
        has_email as is_click_collected,
        has_sends as is_send_collected,
        has_sessions as is_session_collected,
        has_orders as is_order_collected,
        is_open_tracking_allowed,
        case
            when first_seen_date <= {{ slice_date() }} and first_seen_date <= active_since
                then first_seen_date
            when active_since is not null then active_since
            when first_seen_date <= {{ slice_date() }} then first_seen_date
        end as known_since,
        data_since,
        last_send_date,
        last_open_date,
        last_click_date,
        last_session_date,
        last_order_date,
        last_engagement_date,
        sends_lifetime,
        engagement_days_lifetime,
        {{ list_length(list_after('send_dates', 'last_engagement_date')) }}
            as sends_since_last_engagement,
        cast({{ list_median('engagement_gaps', 'engagement_days_lifetime - 1') }} as double)
            as median_days_between_engagements,
        cast({{ list_median('order_gaps', 'order_days_lifetime - 1') }} as double)
            as median_days_between_orders
    from measured
)

select * from final
