with tree as (
    select * from {{ ref('segment_tree') }}
),

history as (
    select * from {{ ref('segment_membership_history') }}
),

spells as (
    select * from {{ ref('segment_spells') }}
),

activity as (
    select * from {{ ref('int_contact_activity__daily') }}
),

dates as (
    select * from {{ ref('int_as_of_dates') }}
),

expectations as (
    select * from {{ ref('segment_expectations') }}
),

-- each date beside the one before it
steps as (
    select
        segment,
        jaccard,
        as_of_date,
        lag(as_of_date) over (partition by segment order by as_of_date) as previous_as_of_date
    from tree
),

stability as (
    select
        segment,
        avg(jaccard) as mean_jaccard
    from steps
    where
        jaccard is not null
        and as_of_date = cast({{ dbt.last_day('as_of_date', 'month') }} as date)
        and previous_as_of_date = cast({{ dbt.last_day('previous_as_of_date', 'month') }} as date)
    group by segment
),

-- who was in it more than once left it and came back
entries as (
    select
        segment,
        contact_id,
        count(*) as entries
    from spells
    group by segment, contact_id
),

returns as (
    select
        segment,
        count(*) as once_contacts,
        sum(case when entries > 1 then 1 else 0 end) as again_contacts
    from entries
    group by segment
),

-- the last date kept after which all the days of a forecast have passed
forecasts as (
    select
        expectations.outcome,
        expectations.within_days,
        max(past.as_of_date) as as_of_date
    from expectations
    inner join dates as today on today.is_current
    inner join dates as past
        on {{ days_after('past.as_of_date', 'expectations.within_days') }} <= today.as_of_date
    where expectations.outcome is not null
    group by expectations.outcome, expectations.within_days
),

-- a repurchase is an order of somebody who had bought before
outcomes as (
    {%- for outcome, (column, _) in segment_outcomes().items() %}
    select
        contact_id,
        activity_date,
        '{{ outcome }}' as outcome
    from activity
    where {{ column }} > 0
    {{- "\n    union all" if not loop.last }}
    {%- endfor %}
),

-- an outcome that nobody ever had is not collected
collected as (
    select outcome
    from outcomes
    group by outcome
),

doers as (
    select
        forecasts.outcome,
        forecasts.within_days,
        outcomes.contact_id,
        min(outcomes.activity_date) <= forecasts.as_of_date as has_done_before,
        max(outcomes.activity_date) > forecasts.as_of_date as has_done
    from forecasts
    inner join outcomes
        on
            forecasts.outcome = outcomes.outcome
            and {{ days_after('forecasts.as_of_date', 'forecasts.within_days') }}
            >= outcomes.activity_date
    group by
        forecasts.outcome, forecasts.within_days, forecasts.as_of_date, outcomes.contact_id
),

-- of a repurchase only members who had bought by the date are judged
followed as (
    select
        history.segment,
        forecasts.outcome,
        forecasts.within_days,
        cast(
            sum(
                case
                    when forecasts.outcome <> 'repurchase' or doers.has_done_before then 1
                    else 0
                end
            ) as double
        ) as members,
        cast(
            sum(
                case
                    when
                        doers.has_done
                        and (forecasts.outcome <> 'repurchase' or doers.has_done_before)
                        then 1
                    else 0
                end
            ) as double
        ) as doers
    from forecasts
    inner join history on forecasts.as_of_date = history.as_of_date
    left join doers
        on
            history.contact_id = doers.contact_id
            and forecasts.outcome = doers.outcome
            and forecasts.within_days = doers.within_days
    group by history.segment, forecasts.outcome, forecasts.within_days
),

kept as (
    select count(distinct as_of_date) as dates
    from tree
),

today as (
    select
        segment,
        parent_segment,
        as_of_date,
        contacts,
        share
    from tree
    where is_current
),

observations as (
    select
        expectations.*,
        '"' || expectations.label || '"' as called,
        today.as_of_date,
        case expectations.check_name
            when 'contacts' then cast(today.contacts as double)
            when 'share_of_parent' then today.share
            when 'monthly_jaccard' then stability.mean_jaccard
            when 'flap_rate'
                then cast(returns.again_contacts as double) / returns.once_contacts
            when 'predictive'
                then
                    {{ wilson_lower(
                        'followed.doers', 'followed.members'
                    ) | indent(20) }}
        end as observed,
        forecasts.as_of_date as forecast_date,
        followed.members,
        followed.doers,
        coalesce(today.parent_segment, 'all contacts') as parent,
        case expectations.check_name
            when 'share_of_parent'
                then case when today.share is null then 'its parent holds nobody' end
            when 'monthly_jaccard'
                then
                    case
                        when stability.mean_jaccard is null
                            then 'there are no two successive month-ends with anybody in it'
                    end
            when 'flap_rate'
                then
                    case
                        when kept.dates < 3 then 'fewer than three dates are kept'
                        when returns.once_contacts is null then 'nobody was ever in it'
                    end
            when 'predictive'
                then
                    case
                        when collected.outcome is null
                            then 'there is no ' || expectations.outcome || ' in the data'
                        when forecasts.as_of_date is null
                            then 'no date that is kept lies so far back (var history_months)'
                        when followed.members is null
                            then
                                'nobody was in it on '
                                || cast(forecasts.as_of_date as {{ dbt.type_string() }})
                        -- or not enough to prove it even if all of them had
                        when
                            followed.members < {{ segment_forecast_minimum() }}
                            or {{ wilson_lower(
                                'followed.members', 'followed.members'
                            ) | indent(28) }} < expectations.expected_low
                            then
                                'too few were in it on '
                                || cast(forecasts.as_of_date as {{ dbt.type_string() }}) || ' ('
                                || cast(
                                    cast(followed.members as bigint)
                                    as {{ dbt.type_string() }}
                                ) || ')'
                    end
        end as not_judged_because
    from expectations
    inner join today on expectations.segment = today.segment
    cross join kept
    left join stability on expectations.segment = stability.segment
    left join returns on expectations.segment = returns.segment
    left join forecasts
        on
            expectations.outcome = forecasts.outcome
            and expectations.within_days = forecasts.within_days
    left join collected on expectations.outcome = collected.outcome
    left join followed
        on
            expectations.segment = followed.segment
            and expectations.outcome = followed.outcome
            and expectations.within_days = followed.within_days
),

judged as (
    select
        *,
        case
            when not_judged_because is null
                then
                    observed >= coalesce(expected_low, observed)
                    and observed <= coalesce(expected_high, observed)
        end as is_met,
        case check_name
            when 'contacts'
                then called || ' has ' || cast(cast(observed as bigint) as {{ dbt.type_string() }})
                    || ' contacts'
            when 'share_of_parent'
                then called || ' holds ' || {{ percent_text('observed') }} || ' of ' || parent
            when 'monthly_jaccard'
                then
                    'Of those in ' || called || ' at one of two successive month-ends, '
                    || {{ percent_text('observed') }} || ' were in it at both, on average'
            when 'flap_rate'
                then
                    {{ percent_text('observed') }} || ' of those ever in ' || called
                    || ' left it and came back'
            else
                cast(cast(doers as bigint) as {{ dbt.type_string() }}) || ' of the '
                || cast(cast(members as bigint) as {{ dbt.type_string() }})
                || case when outcome = 'repurchase' then ' buyers in ' else ' in ' end || called
                || ' on ' || cast(forecast_date as {{ dbt.type_string() }}) || ' '
                || case outcome
                    {%- for name, (_, verb) in segment_outcomes().items() %}
                    when '{{ name }}' then '{{ verb }}'
                    {%- endfor %}
                end
                || ' within ' || cast(within_days as {{ dbt.type_string() }}) || ' days ('
                || {{ percent_text('doers / members') }} || ', beyond chance '
                || {{ percent_text('observed') }} || ')'
        end as finding
    from observations
),

final as (
    select
        segment,
        check_name,
        label,
        severity,
        as_of_date,
        expected,
        expected_low,
        expected_high,
        case when not_judged_because is null then observed end as observed,
        is_met,
        not_judged_because,
        case
            when not_judged_because is not null
                then
                    called || ' cannot be judged by ' || check_name || ' yet: '
                    || not_judged_because
            else finding || '; ' || expected || ' expected'
        end || '.' as sentence
    from judged
)

select * from final
