{%- set days = var('segment_quality').get('within_days') %}

with flags as (
    select * from {{ ref('segment_flags') }}
),

history as (
    select * from {{ ref('segment_membership_history') }}
),

activity as (
    select * from {{ ref('int_contact_timelines') }}
),

dates as (
    select * from {{ ref('int_as_of_dates') }}
),

definitions as (
    select * from {{ ref('segment_definitions') }}
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
        flags.contact_id,
        flags.as_of_date,
        {{ list_length(list_until('activity.order_dates', 'settled.as_of_date')) }} > 0
            as has_ordered,
        {{ list_length(list_until(
            list_after('activity.order_dates', 'settled.as_of_date'), 'settled.known_until'
        )) }} > 0 as orders,
        {{ list_length(list_until(
            list_after('activity.engaged_dates', 'settled.as_of_date'), 'settled.known_until'
        )) }} > 0 as engages
    from flags
    inner join settled on flags.as_of_date = settled.as_of_date
    left join activity on flags.contact_id = activity.contact_id
),

outcomes as (
    select
        'repurchase' as outcome,
        contact_id,
        as_of_date,
        orders as has_done
    from judged
    where has_ordered
    union all
    select
        'engagement' as outcome,
        contact_id,
        as_of_date,
        engages as has_done
    from judged
),

everybody as (
    select
        outcome,
        as_of_date,
        cast(count(*) as double) as contacts,
        cast(sum(case when has_done then 1 else 0 end) as double) as doers
    from outcomes
    group by outcome, as_of_date
),

members as (
    select
        history.segment,
        outcomes.outcome,
        outcomes.as_of_date,
        cast(count(*) as double) as contacts,
        cast(sum(case when outcomes.has_done then 1 else 0 end) as double) as doers
    from outcomes
    inner join history
        on
            outcomes.contact_id = history.contact_id
            and outcomes.as_of_date = history.as_of_date
    group by history.segment, outcomes.outcome, outcomes.as_of_date
),

counted as (
    select
        definitions.segment,
        everybody.outcome,
        everybody.as_of_date,
        everybody.contacts as all_contacts,
        everybody.doers as all_doers,
        coalesce(members.contacts, 0) as contacts,
        coalesce(members.doers, 0) as doers
    from definitions
    cross join everybody
    left join members
        on
            definitions.segment = members.segment
            and everybody.outcome = members.outcome
            and everybody.as_of_date = members.as_of_date
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
