-- the current date, and the third month-end before it (or the oldest there is): what happened since
-- then tells how good the predictions of that day were
with as_of_dates as (
    select * from {{ ref('int_as_of_dates') }}
),

today as (
    select as_of_date
    from as_of_dates
    where is_current
),

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
            when not as_of_dates.is_current
                then {{ days_between('as_of_dates.as_of_date', 'today.as_of_date') }}
        end as outcome_days,
        today.as_of_date as known_until
    from as_of_dates
    cross join today
    cross join past
    where as_of_dates.is_current or as_of_dates.date_index = past.date_index
)

select * from final
