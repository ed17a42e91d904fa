{{ after_gate('gate_intermediate') }}
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

-- one pass over the history: is the contact in now, and when was it last seen out
contacts as {{ materialized_cte() }} (
    select
        contact_id,
        max(as_of_date) as as_of_date,
        min(as_of_date) as first_as_of_date
        {%- for rule in rules %},
        {%- set column = adapter.quote(rule['name']) %}
        max(case when not {{ column }} then as_of_date end) as {{ column }}
        {%- endfor %}
    from history
    group by contact_id
    having max(case when is_current then 1 else 0 end) = 1
),

members as (
    {%- for rule in rules %}
    {{ 'union all' if not loop.first }}
    select
        contact_id,
        as_of_date,
        {{ quoted_text(rule['name']) }} as segment,
        first_as_of_date,
        {{ adapter.quote(rule['name']) }} as last_out_on
    from contacts
    where {{ adapter.quote(rule['name']) }} is null or {{ adapter.quote(rule['name']) }} < as_of_date
    {%- else %}
    select
        contact_id,
        as_of_date,
        cast(null as {{ dbt.type_string() }}) as segment,
        first_as_of_date,
        as_of_date as last_out_on
    from contacts
    where false
    {%- endfor %}
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
    inner join segments on members.segment = segments.segment
    left join dates on members.last_out_on = dates.as_of_date
)

select * from final
