{#- a message of the last days may still be opened: it is no opportunity that was missed -#}
{%- set settled_days = 3 -%}
{%- set pace_days = 90 -%}
with timelines as (
    select * from {{ ref('int_contact_timelines') }}
    where send_dates is not null
),

dates as (
    select * from {{ ref('int_outcome_dates') }}
    where is_lifetime_date
),

-- what was known at the date, and what came after it: an answer of today to a message of then must
-- not be known then
cut as (
    select
        timelines.contact_id,
        dates.as_of_date,
        dates.is_current,
        dates.known_until,
        {{ list_until('timelines.send_dates', 'dates.as_of_date') }} as send_dates,
        {{ list_until('timelines.open_dates', 'dates.as_of_date') }} as open_dates,
        {{ list_until('timelines.click_dates', 'dates.as_of_date') }} as click_dates,
        {{ list_after('timelines.send_dates', 'dates.as_of_date') }} as later_send_dates,
        {{ list_after('timelines.open_dates', 'dates.as_of_date') }} as later_open_dates,
        {{ list_after('timelines.click_dates', 'dates.as_of_date') }} as later_click_dates
    from timelines
    cross join dates
),

marked as (
    select
        contact_id,
        as_of_date,
        is_current,
        {{ list_marks('send_dates', ['open_dates', 'click_dates']) }} as marks,
        {{ list_marks(
            list_until('later_send_dates', 'known_until'),
            [
                list_until('later_open_dates', 'known_until'),
                list_until('later_click_dates', 'known_until'),
            ]
        ) }} as later_marks,
        {{ latest_of([list_element('open_dates', -1), list_element('click_dates', -1)]) }}
            as last_engaged_on,
        {{ list_mark(days_after('as_of_date', -settled_days)) }} as settled_mark,
        {{ list_mark(days_after('as_of_date', -pace_days)) }} as pace_mark
    from cut
    where {{ list_length('send_dates') }} > 0
),

paired as (
    select
        *,
        {{ list_asked('marks') }} as asked,
        {{ list_until(list_answered('marks'), 'settled_mark') }} as answered,
        {{ list_answered('later_marks') }} as later_answered
    from marked
),

final as (
    select
        contact_id,
        as_of_date,
        is_current,
        cast({{ list_length(list_until('asked', 'settled_mark')) }} as int) as opportunities,
        cast({{ list_length('answered') }} as int) as engaged,
        cast({{ list_length(list_until('asked', list_element('answered', -1))) }} as int)
            as last_engaged,
        cast({{ list_length(list_after('asked', 'pace_mark')) }} as int) as send_days_90d,
        {{ days_between('last_engaged_on', 'as_of_date') }} as days_since_engaged,
        cast({{ list_length('later_answered') }} as int) as later_engaged
    from paired
)

select * from final
