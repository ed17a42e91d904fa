{%- set rules = segment_rules() %}
{%- set months = range(1, var('history_months') | int + 1) %}

with evaluations as (
    select * from {{ ref('segment_evaluations') }}
),

dates as (
    select * from {{ ref('int_as_of_dates') }}
),

final as (
    select
        evaluations.contact_id,
        max(case when evaluations.is_mailable then 1 else 0 end) = 1 as is_mailable,
        {{ segment_dated_words(rules, months) }},
        {%- for index in [0] + months | list %}
        max(case when dates.date_index = {{ index }} then evaluations.revenue_365d end)
            as revenue_{{ index }}{{ "," if not loop.last }}
        {%- endfor %}
    from evaluations
    inner join dates on evaluations.as_of_date = dates.as_of_date
    group by evaluations.contact_id
)

select * from final
