with activity as (
    select * from {{ ref('int_contact_activity__daily') }}
    where orders > 0
),

dates as (
    select * from {{ ref('int_outcome_dates') }}
    where is_lifetime_date
),

purchases as (
    select
        activity.contact_id,
        dates.as_of_date,
        dates.is_current,
        min(activity.activity_date) as first_order_on,
        max(
            case when activity.activity_date <= dates.as_of_date then activity.activity_date end
        ) as last_order_on,
        sum(case when activity.activity_date <= dates.as_of_date then 1 else 0 end) as order_days,
        sum(case when activity.activity_date <= dates.as_of_date then activity.revenue end)
            as revenue,
        -- a day whose orders are all of a currency without a rate is a purchase of unknown worth
        sum(
            case
                when activity.activity_date <= dates.as_of_date and activity.priced_orders > 0
                    then 1
                else 0
            end
        ) as priced_days,
        -- of the earliest day: the one with the most days before a date far ahead
        {{ value_at_max(
            'activity.revenue', days_between('activity.activity_date', "date '2200-01-01'")
        ) }} as first_revenue,
        {{ value_at_max(
            'case when activity.priced_orders > 0 then 1 else 0 end',
            days_between('activity.activity_date', "date '2200-01-01'")
        ) }} as first_priced_days,
        sum(case when activity.activity_date > dates.as_of_date then 1 else 0 end)
            as later_order_days
    from activity
    cross join dates
    where activity.activity_date <= dates.known_until
    group by activity.contact_id, dates.as_of_date, dates.is_current
),

final as (
    select
        contact_id,
        as_of_date,
        is_current,
        first_order_on,
        last_order_on,
        cast(order_days - 1 as int) as frequency,
        {{ days_between('first_order_on', 'last_order_on') }} as recency_days,
        {{ days_between('first_order_on', 'as_of_date') }} as age_days,
        case
            when priced_days > first_priced_days
                then cast((revenue - first_revenue) as double) / (priced_days - first_priced_days)
        end as repeat_value,
        cast(later_order_days as int) as later_order_days
    from purchases
    where order_days > 0
)

select * from final
