with history as (
    select * from {{ ref('segment_membership_history') }}
),

dates as (
    select * from {{ ref('int_as_of_dates') }}
),

-- within a membership without a gap, date_index and the number of the row grow alike
numbered as (
    select
        history.contact_id,
        history.segment,
        history.as_of_date,
        dates.date_index,
        dates.date_index - row_number() over (
            partition by history.contact_id, history.segment order by dates.date_index
        ) as island
    from history
    inner join dates on history.as_of_date = dates.as_of_date
),

final as (
    select
        contact_id,
        segment,
        min(as_of_date) as first_on,
        max(as_of_date) as last_on,
        max(date_index) as first_index,
        min(date_index) as last_index
    from numbered
    group by contact_id, segment, island
)

select * from final
