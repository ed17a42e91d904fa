{%- set rules = segment_rules() %}
{%- set words = segment_word_columns(rules) %}
{%- set days = var('segment_quality').get('within_days') %}

with evaluations as (
    select * from {{ ref('segment_evaluations') }}
),

activity as (
    select * from {{ ref('int_contact_timelines') }}
),

dates as (
    select * from {{ ref('int_as_of_dates') }}
),

segments as (
    {{ segment_list(rules) | indent(4) }}
),

-- dates after which all the days have passed
settled as (
    select
        past.as_of_date,
        {{ days_after('past.as_of_date', days) }} as known_until
    from dates as past
    inner join dates as today
        on {{ days_after('past.as_of_date', days) }} <= today.as_of_date
    where today.is_current
),

judged as (
    select
        evaluations.as_of_date,
        {%- for word in words %}
        evaluations.{{ word }},
        {%- endfor %}
        {{ list_length(list_until('activity.order_dates', 'settled.as_of_date')) }} > 0
            as has_ordered,
        {{ list_length(list_until(
            list_after('activity.order_dates', 'settled.as_of_date'), 'settled.known_until'
        )) }} > 0 as orders,
        {{ list_length(list_until(
            list_after('activity.engaged_dates', 'settled.as_of_date'), 'settled.known_until'
        )) }} > 0 as engages
    from evaluations
    inner join settled on evaluations.as_of_date = settled.as_of_date
    left join activity on evaluations.contact_id = activity.contact_id
),

-- many contacts are in the same segments and did the same
followed as (
    select
        as_of_date,
        {{ words | join(', ') }},
        has_ordered,
        orders,
        engages,
        cast(count(*) as double) as contacts
    from judged
    group by as_of_date, {{ words | join(', ') }}, has_ordered, orders, engages
),

outcomes as (
    select
        'repurchase' as outcome,
        as_of_date,
        {{ words | join(', ') }},
        contacts,
        case when orders then contacts else 0 end as doers
    from followed
    where has_ordered
    union all
    select
        'engagement' as outcome,
        as_of_date,
        {{ words | join(', ') }},
        contacts,
        case when engages then contacts else 0 end as doers
    from followed
),

outcomes_by_segment as (
    select
        segments.segment,
        outcomes.outcome,
        outcomes.as_of_date,
        outcomes.contacts,
        outcomes.doers,
        {{ segment_is_in(rules, 'outcomes', 'segments') }} as is_in
    from outcomes
    cross join segments
),

counted as (
    select
        segment,
        outcome,
        as_of_date,
        sum(contacts) as all_contacts,
        sum(doers) as all_doers,
        sum(case when is_in then contacts else 0 end) as contacts,
        sum(case when is_in then doers else 0 end) as doers
    from outcomes_by_segment
    group by segment, outcome, as_of_date
),

compared as (
    select
        *,
        all_contacts - contacts as other_contacts,
        all_doers - doers as other_doers,
        as_of_date = max(as_of_date) over (partition by segment) as is_latest
    from counted
),

final as (
    select
        segment,
        outcome,
        as_of_date,
        is_latest,
        -- whoever bought is judged by buying again, a segment without buyers by any sign of life
        outcome = case
            when
                max(case when outcome = 'repurchase' and is_latest then contacts else 0 end)
                    over (partition by segment)
                >= {{ segment_forecast_minimum() }}
                then 'repurchase'
            else 'engagement'
        end as is_judged_by,
        {{ days }} as within_days,
        cast(contacts as bigint) as contacts,
        cast(doers as bigint) as doers,
        doers / nullif(contacts, 0) as rate,
        {{ wilson_lower('doers', 'contacts') | indent(8) }} as rate_low,
        {{ wilson_upper('doers', 'contacts') | indent(8) }} as rate_high,
        cast(other_contacts as bigint) as other_contacts,
        cast(other_doers as bigint) as other_doers,
        other_doers / nullif(other_contacts, 0) as other_rate,
        {{ wilson_lower('other_doers', 'other_contacts') | indent(8) }} as other_rate_low,
        {{ wilson_upper('other_doers', 'other_contacts') | indent(8) }} as other_rate_high,
        (doers / nullif(contacts, 0)) / nullif(other_doers / nullif(other_contacts, 0), 0) as lift,
        -- in or out is a score with two values: half of the pairs that tie count
        case
            when contacts > 0 and other_contacts > 0
                then (
                    1 + doers / nullif(all_doers, 0)
                    - (contacts - doers) / nullif(all_contacts - all_doers, 0)
                ) / 2
        end as auc_membership
    from compared
)

select * from final
