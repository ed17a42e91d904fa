{{ config(materialized='sliced', slices_from='int_contact_states') }}

-- the days are read three times, a few columns each: one table for all would fill the memory
with days as {{ inline_cte() }} (
    select * from {{ ref('int_contact_activity__daily') }}
    where
        activity_date <= {{ slice_date() }}
        and activity_date > {{ days_after(slice_date(), -365) }}
),

-- few, so the join against every day stays small
refused as {{ inline_cte() }} (
    select contact_id
    from {{ ref('int_contact_states') }}
    where as_of_date = {{ slice_date() }} and not is_open_tracking_allowed
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

-- the open of somebody who refused that opens are tracked is no sign of a habit
uses as (
    select
        days.contact_id,
        days.sessions > 0 as is_web_day,
        days.orders > 0 as is_shop_day,
        days.human_clicks > 0
        or (
            refused.contact_id is null
            and days.human_opens + days.unknown_opens * unknown_opens.weight > 0
        ) as is_email_day,
        case
            when refused.contact_id is null or not days.is_device_of_opens then days.device
        end as device
    from days
    cross join unknown_opens
    left join refused on days.contact_id = refused.contact_id
),

counts as (
    select
        contact_id,
        sum(case when is_email_day then 1e0 else 0e0 end) as email_days,
        sum(case when is_web_day then 1e0 else 0e0 end) as web_days,
        sum(case when is_shop_day then 1e0 else 0e0 end) as shop_days,
        sum(case when device = 'mobile' then 1e0 else 0e0 end) as mobile_days,
        sum(case when device = 'desktop' then 1e0 else 0e0 end) as desktop_days,
        sum(case when device = 'tablet' then 1e0 else 0e0 end) as tablet_days
    from uses
    group by contact_id
),

begun as (
    select
        days.contact_id,
        days.activity_date,
        case
            when refused.contact_id is null then days.first_engagement_hour
            else days.first_act_hour
        end as first_hour
    from days
    left join refused on days.contact_id = refused.contact_id
),

-- days, then the latest day, then the hour, in the digits of one number: its maximum is the mode
hours as (
    select
        contact_id,
        first_hour,
        count(*) * 10000000
        + max({{ days_between("date '2000-01-01'", 'activity_date') }}) * 100
        + first_hour as ranking
    from begun
    where first_hour is not null
    group by contact_id, first_hour
),

preferred_hours as (
    select
        contact_id,
        cast(max(ranking) % 100 as int) as preferred_hour
    from hours
    group by contact_id
),

categories as (
    select
        contact_id,
        favourite_category,
        count(*) * 100000 + max({{ days_between("date '2000-01-01'", 'activity_date') }})
            as ranking
    from days
    where favourite_category is not null
    group by contact_id, favourite_category
),

favourite_categories as (
    select
        contact_id,
        {{ value_at_max('favourite_category', 'ranking') }} as favourite_category
    from categories
    group by contact_id
),

final as (
    select
        counts.contact_id,
        {{ slice_date() }} as as_of_date,
        case
            when counts.mobile_days + counts.desktop_days + counts.tablet_days = 0 then null
            when
                counts.mobile_days >= counts.desktop_days
                and counts.mobile_days >= counts.tablet_days
                then 'mobile'
            when counts.desktop_days >= counts.tablet_days then 'desktop'
            else 'tablet'
        end as preferred_device,
        preferred_hours.preferred_hour,
        case
            when
                counts.email_days >= counts.web_days
                and counts.email_days >= counts.shop_days
                then 'email'
            when counts.web_days >= counts.shop_days then 'web'
            else 'shop'
        end as preferred_channel,
        favourite_categories.favourite_category
    from counts
    left join preferred_hours on counts.contact_id = preferred_hours.contact_id
    left join favourite_categories on counts.contact_id = favourite_categories.contact_id
    -- whoever did not engage has no habits
    where counts.email_days + counts.web_days + counts.shop_days > 0
)

select * from final
