with calendar as (
    select * from {{ ref('int_as_of_calendar') }}
),

days as (
    select * from {{ ref('int_activity_days') }}
),

contacts as (
    select * from {{ ref('int_contacts__resolved') }}
),

activity as (
    select
        calendar.as_of_date,
        {{ fingerprint_sum(['days.activity_date', 'days.day_fingerprint']) }} as digest
    from calendar
    inner join days on calendar.as_of_date >= days.activity_date
    group by calendar.as_of_date
),

-- contacts first seen later have no row on that date, so they cannot change it
profiles_by_day as (
    select
        {{ local_date('first_seen_at') }} as first_seen_on,
        sum(cast({{ row_hash([
            'contact_id', 'first_seen_at', 'sector', 'email_tracking_allowed',
        ]) }} as decimal(38, 0))) as digest
    from contacts
    group by {{ local_date('first_seen_at') }}
),

profiles as (
    select
        calendar.as_of_date,
        sum(profiles_by_day.digest) as digest
    from calendar
    inner join profiles_by_day
        on coalesce(profiles_by_day.first_seen_on, calendar.as_of_date) <= calendar.as_of_date
    group by calendar.as_of_date
),

final as (
    select
        calendar.as_of_date,
        calendar.is_current,
        calendar.date_index,
        {{ canonical_key([
            'calendar.as_of_date', 'activity.digest', 'profiles.digest',
            "'" ~ var('timezone') ~ ' ' ~ var('currency') ~ "'",
        ]) }} as slice_fingerprint
    from calendar
    left join activity on calendar.as_of_date = activity.as_of_date
    left join profiles on calendar.as_of_date = profiles.as_of_date
)

select * from final
