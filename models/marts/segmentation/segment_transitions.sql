with flags as (
    select * from {{ ref('segment_flags') }}
),

history as (
    select * from {{ ref('segment_membership_history') }}
),

definitions as (
    select * from {{ ref('segment_definitions') }}
),

as_of_dates as (
    select * from {{ ref('int_as_of_dates') }}
),

-- dates at which somebody was known, but the first: there is nothing to come from
dates as (
    select
        known.as_of_date,
        as_of_dates.date_index,
        lag(known.as_of_date) over (order by known.as_of_date) as previous_as_of_date
    from (select as_of_date from flags group by as_of_date) as known
    inner join as_of_dates on known.as_of_date = as_of_dates.as_of_date
),

-- on each level a contact is in one segment of the tree at most
places as (
    select
        history.contact_id,
        history.segment,
        definitions.level,
        dates.date_index
    from history
    inner join definitions on history.segment = definitions.segment
    inner join dates on history.as_of_date = dates.as_of_date
    where definitions.is_in_path
),

moves as (
    select
        before.segment as from_segment,
        after.segment as to_segment,
        coalesce(after.contact_id, before.contact_id) as contact_id,
        coalesce(after.level, before.level) as level,
        coalesce(after.date_index, before.date_index - 1) as date_index
    from places as after
    full outer join places as before
        on
            after.contact_id = before.contact_id
            and after.level = before.level
            and after.date_index = before.date_index - 1
),

final as (
    select
        moves.level,
        dates.as_of_date,
        dates.previous_as_of_date,
        moves.from_segment,
        moves.to_segment,
        count(*) as contacts,
        cast(sum(case when flags.is_mailable then 1 else 0 end) as bigint) as mailable_contacts,
        cast(sum(case when known_before.contact_id is null then 1 else 0 end) as bigint)
            as new_contacts,
        cast(coalesce(sum(flags.revenue_365d), 0) as decimal(18, 4)) as revenue_365d
    from moves
    inner join dates on moves.date_index = dates.date_index
    inner join flags
        on
            moves.contact_id = flags.contact_id
            and dates.as_of_date = flags.as_of_date
    left join flags as known_before
        on
            moves.contact_id = known_before.contact_id
            and dates.previous_as_of_date = known_before.as_of_date
    where dates.previous_as_of_date is not null
    group by
        moves.level,
        dates.as_of_date,
        dates.previous_as_of_date,
        moves.from_segment,
        moves.to_segment
)

select * from final
