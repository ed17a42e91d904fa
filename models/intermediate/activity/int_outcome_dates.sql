{{ config(materialized='view') }}

with as_of_dates as (
    select * from {{ ref('int_as_of_dates') }}
),

days as (
    select * from {{ ref('int_activity_days') }}
),

-- exports older than the current date say nothing about the days after them
known as (
    select coalesce(max(activity_date), date '9999-12-31') as last_activity_date
    from days
),

today as (
    select
        as_of_dates.as_of_date,
        case
            when known.last_activity_date < as_of_dates.as_of_date then known.last_activity_date
            else as_of_dates.as_of_date
        end as known_until
    from as_of_dates
    cross join known
    where as_of_dates.is_current
),

-- the third month-end before today, or the oldest there is: what happened since then tells how good
-- the predictions of lifetimes were that day
past as (
    select max(date_index) as date_index
    from as_of_dates
    where date_index between 1 and 3
),

final as (
    select
        as_of_dates.as_of_date,
        as_of_dates.is_current,
        case
            when not as_of_dates.is_current and today.known_until > as_of_dates.as_of_date
                then {{ days_between('as_of_dates.as_of_date', 'today.known_until') }}
        end as outcome_days,
        today.known_until,
        as_of_dates.is_current
        or coalesce(as_of_dates.date_index = past.date_index, false) as is_lifetime_date
    from as_of_dates
    cross join today
    cross join past
)

select * from final
