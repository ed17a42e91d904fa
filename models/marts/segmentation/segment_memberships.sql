{%- set rules = segment_rules() %}

with history as (
    select * from {{ ref('segment_history') }}
),

segments as (
    {{ segment_list(rules) | indent(4) }}
),

dates as (
    select
        as_of_date,
        lead(as_of_date) over (order by as_of_date) as next_as_of_date
    from history
    group by as_of_date
),

-- one pass over the history: the column of a segment holds the last date the contact was out of it
contacts as {{ materialized_cte() }} (
    select
        contact_id,
        max(as_of_date) as as_of_date,
        min(as_of_date) as first_as_of_date
        {{- segment_last_out(rules) }}
    from history
    group by contact_id
    having max(case when is_current then 1 else 0 end) = 1
),

members as (
    {{ segment_members(rules, 'contacts') }}
),

final as (
    select
        members.contact_id,
        segments.segment,
        segments.label,
        segments.label_fr,
        cast(segments.level as integer) as level,
        segments.parent_segment,
        segments.is_exclusive,
        coalesce(dates.next_as_of_date, members.first_as_of_date) as entered_on,
        members.as_of_date
    from members
    inner join segments on members.segment_order = segments.segment_order
    left join dates on members.last_out_on = dates.as_of_date
)

select * from final
