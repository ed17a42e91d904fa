{%- set days = var('segment_quality').get('within_days') %}
{%- set fewest = segment_forecast_minimum() %}

with tree as (
    select * from {{ ref('segment_tree') }}
),

spells as (
    select * from {{ ref('segment_spells') }}
),

coherence as (
    select * from {{ ref('segment_coherence') }}
),

predictions as (
    select * from {{ ref('segment_predictions') }}
),

fits as (
    select * from {{ ref('segment_model_fits') }}
),

as_of_dates as (
    select * from {{ ref('int_as_of_dates') }}
),

-- dates at which somebody was known; the last may lie within a month
dates as (
    select
        as_of_dates.as_of_date,
        as_of_dates.date_index,
        row_number() over (order by as_of_dates.as_of_date) as number,
        as_of_dates.as_of_date
        = cast({{ dbt.last_day('as_of_dates.as_of_date', 'month') }} as date) as is_month_end
    from as_of_dates
    inner join (select as_of_date from tree group by as_of_date) as known
        on as_of_dates.as_of_date = known.as_of_date
),

kept as (
    select
        count(*) as dates,
        max(date_index) as first_index,
        min(case when is_month_end then date_index end) as last_index,
        sum(case when is_month_end then 1 else 0 end) as month_ends
    from dates
),

-- from one month-end to the next
steps as (
    select
        segment,
        jaccard,
        psi,
        left_contacts,
        as_of_date,
        lag(contacts) over (partition by segment order by as_of_date) as previous_contacts,
        lag(as_of_date) over (partition by segment order by as_of_date) as previous_as_of_date
    from tree
),

stability as (
    select
        segment,
        count(jaccard) as months,
        avg(jaccard) as mean_jaccard,
        avg(case when jaccard is not null then psi end) as mean_psi,
        max(case when jaccard is not null then psi end) as max_psi,
        sum(left_contacts) / nullif(cast(sum(previous_contacts) as double), 0) as monthly_leave_rate
    from steps
    where
        as_of_date = cast({{ dbt.last_day('as_of_date', 'month') }} as date)
        and previous_as_of_date = cast({{ dbt.last_day('previous_as_of_date', 'month') }} as date)
    group by segment
),

-- who was in it more than once left it and came back
visits as (
    select
        segment,
        contact_id,
        count(*) as spells
    from spells
    group by segment, contact_id
),

returns as (
    select
        segment,
        cast(count(*) as double) as once_contacts,
        cast(sum(case when spells > 1 then 1 else 0 end) as double) as again_contacts
    from visits
    group by segment
),

-- memberships that were seen to begin, by month-ends; those who are still in it at the last
-- month-end are followed until then, and no further
followed as (
    select
        spells.segment,
        spells.last_index > kept.last_index as has_left,
        case
            when spells.last_index > kept.last_index
                then spells.first_index - spells.last_index + 1
            else spells.first_index - kept.last_index
        end as months
    from spells
    cross join kept
    where spells.first_index < kept.first_index and spells.first_index > kept.last_index
),

-- Kaplan and Meier, 1958
risks as (
    select
        followed.segment,
        dates.number as months,
        cast(count(*) as double) as at_risk,
        sum(
            case when followed.has_left and followed.months = dates.number then 1 else 0 end
        ) as left_contacts
    from followed
    inner join dates on followed.months >= dates.number
    group by followed.segment, dates.number
),

survivals as (
    select
        segment,
        months,
        case
            when
                min(at_risk - left_contacts) over (
                    partition by segment order by months
                    rows between unbounded preceding and current row
                ) = 0
                then 0
            else
                exp(
                    sum(ln(nullif(1 - left_contacts / at_risk, 0))) over (
                        partition by segment order by months
                        rows between unbounded preceding and current row
                    )
                )
        end as still_in
    from risks
),

durations as (
    select
        segment,
        max(months) as followed_months,
        -- a hair: a half made of logarithms is a half but for its last digit
        min(case when still_in <= 0.5 + 1e-9 then months end) as half_life_months,
        max(case when months = 1 then still_in end) as still_in_1_month,
        max(case when months = 3 then still_in end) as still_in_3_months,
        max(case when months = 6 then still_in end) as still_in_6_months
    from survivals
    group by segment
),

entries as (
    select
        segment,
        count(*) as entries
    from followed
    group by segment
),

-- how surely members differ from the others, by at least how many standard deviations
differences as (
    select
        segment,
        feature,
        difference,
        eta_squared,
        eta_squared_in_parent,
        psi,
        case
            when eta_squared is null then null
            -- nobody differs from the own group
            when difference is null then 9
            when difference_low > 0 then difference_low
            when difference_high < 0 then -difference_high
            else 0
        end as surely,
        case when difference < 0 then ' (lower)' else ' (higher)' end as direction
    from coherence
),

ranked as (
    select
        *,
        row_number() over (
            partition by segment order by coalesce(surely, -1) desc, abs(difference) desc, feature
        ) as place
    from differences
),

features as (
    select
        segment,
        avg(eta_squared) as eta_squared,
        avg(eta_squared_in_parent) as eta_squared_in_parent,
        max(surely) as surely,
        max(psi) as max_feature_psi,
        max(case when place = 1 and surely > 0 then feature || direction end) as first_feature,
        max(case when place = 2 and surely > 0 then ' and ' || feature || direction end)
            as second_feature
    from ranked
    group by segment
),

judged as (
    select * from predictions
    where is_judged_by and is_latest
),

collected as (
    select
        count(*) > 0 as has_dates,
        sum(all_doers) > 0 as has_doers
    from (select doers + other_doers as all_doers from judged) as sums
),

today as (
    select * from tree
    where is_current
),

joined as (
    select
        today.segment,
        today.label,
        today.as_of_date,
        today.contacts,
        today.share_of_contacts,
        features.eta_squared,
        features.eta_squared_in_parent,
        features.surely,
        features.first_feature || coalesce(features.second_feature, '') as main_features,
        features.max_feature_psi,
        stability.mean_jaccard,
        stability.mean_psi,
        stability.max_psi,
        stability.monthly_leave_rate,
        coalesce(stability.months, 0) as months,
        case when kept.dates >= 3 then returns.again_contacts / returns.once_contacts end
            as flap_rate,
        coalesce(entries.entries, 0) as entries,
        durations.half_life_months,
        durations.followed_months,
        durations.still_in_1_month,
        durations.still_in_3_months,
        durations.still_in_6_months,
        judged.outcome,
        judged.as_of_date as judged_on,
        judged.contacts as judged_contacts,
        judged.doers,
        judged.rate,
        judged.rate_low,
        judged.rate_high,
        judged.other_contacts,
        judged.other_rate,
        judged.other_rate_low,
        judged.other_rate_high,
        judged.lift,
        judged.auc_membership,
        fits.logistic_auc_without,
        fits.logistic_auc_with,
        fits.logistic_auc_gain,
        fits.logistic_auc_gain_low,
        fits.logistic_auc_gain_high,
        fits.forest_auc_without,
        fits.forest_auc_with,
        fits.forest_auc_gain,
        fits.forest_auc_gain_low,
        fits.forest_auc_gain_high,
        fits.not_fitted_because,
        '"' || today.label || '"' as called,
        kept.dates,
        kept.month_ends,
        today.contacts = 0 as is_empty,
        today.share_of_contacts = 1 as is_everybody,
        collected.has_dates,
        collected.has_doers
    from today
    cross join kept
    cross join collected
    left join features on today.segment = features.segment
    left join stability on today.segment = stability.segment
    left join returns on today.segment = returns.segment
    left join entries on today.segment = entries.segment
    left join durations on today.segment = durations.segment
    left join judged on today.segment = judged.segment
    left join fits on today.segment = fits.segment
),

reasons as (
    select
        *,
        case
            when is_empty then 'nobody is in it'
            when is_everybody then 'everybody is in it'
            when contacts < {{ fewest }} then 'too few are in it (' || contacts || ')'
            when surely is null then 'none of the features is known'
        end as no_coherence_because,
        case
            when month_ends < 2 then 'fewer than two month-ends are kept (var history_months)'
            when months = 0 then 'nobody was in it at a month-end'
        end as no_stability_because,
        case
            when month_ends < 3 then 'fewer than three month-ends are kept (var history_months)'
            when entries < {{ fewest }}
                then 'too few were seen to enter at a month-end (' || entries || ')'
            when half_life_months is null
                then 'more than half were still in it when last seen, after up to '
                    || followed_months || ' months'
        end as no_half_life_because,
        case
            when not has_dates
                then
                    'no date that is kept lies {{ days }} days back (var history_months)'
            when not has_doers then 'nobody did anything in those days'
            when judged_contacts = 0
                then 'nobody was in it on ' || cast(judged_on as {{ dbt.type_string() }})
            when other_contacts = 0
                then 'everybody was in it on ' || cast(judged_on as {{ dbt.type_string() }})
            when judged_contacts < {{ fewest }} or other_contacts < {{ fewest }}
                then
                    'too few were '
                    || case when judged_contacts < {{ fewest }} then 'in' else 'outside' end
                    || ' it on ' || cast(judged_on as {{ dbt.type_string() }}) || ' ('
                    || least(judged_contacts, other_contacts) || ')'
        end as no_prediction_because
    from joined
),

verdicts as (
    select
        *,
        case
            when no_coherence_because is not null then 'not_judged'
            when surely >= 0.8 then 'coherent'
            when surely >= 0.5 then 'partly'
            else 'mixed'
        end as coherence,
        case
            when no_stability_because is not null then 'not_judged'
            when flap_rate > 0.2 then 'flapping'
            when mean_jaccard < 0.6 or mean_psi > 0.25 then 'changing'
            when mean_jaccard >= 0.75 and mean_psi < 0.1 then 'stable'
            else 'moving'
        end as stability,
        case
            when no_prediction_because is not null then 'not_judged'
            when rate_low > other_rate_high then 'more_likely'
            when rate_high < other_rate_low then 'less_likely'
            else 'no_difference'
        end as prediction,
        case
            when no_prediction_because is not null or forest_auc_gain is null then 'not_judged'
            when forest_auc_gain_low > 0 and logistic_auc_gain_low > 0 then 'adds'
            when logistic_auc_gain_low > 0 then 'shorthand'
            else 'adds_nothing'
        end as addition
    from reasons
),

final as (
    select
        segment,
        label,
        as_of_date,
        contacts,
        coherence,
        {{ segment_coherence_sentence() | indent(8) }} as coherence_sentence,
        eta_squared,
        eta_squared_in_parent,
        main_features,
        max_feature_psi,
        stability,
        {{ segment_stability_sentence() | indent(8) }} as stability_sentence,
        mean_jaccard,
        mean_psi,
        max_psi,
        flap_rate,
        monthly_leave_rate,
        case when entries >= {{ fewest }} then half_life_months end as half_life_months,
        no_half_life_because,
        case when monthly_leave_rate < 1 then ln(0.5e0) / nullif(ln(1 - monthly_leave_rate), 0) end
            as half_life_by_rate_months,
        cast(entries as bigint) as entries,
        case when entries >= {{ fewest }} then still_in_1_month end as still_in_1_month,
        case when entries >= {{ fewest }} then still_in_3_months end as still_in_3_months,
        case when entries >= {{ fewest }} then still_in_6_months end as still_in_6_months,
        prediction,
        {{ segment_prediction_sentence(days) | indent(8) }} as prediction_sentence,
        outcome,
        judged_on,
        judged_contacts,
        rate,
        rate_low,
        rate_high,
        other_rate,
        other_rate_low,
        other_rate_high,
        lift,
        auc_membership,
        addition,
        coalesce(no_prediction_because, not_fitted_because) as not_fitted_because,
        logistic_auc_without,
        logistic_auc_with,
        logistic_auc_gain,
        logistic_auc_gain_low,
        logistic_auc_gain_high,
        forest_auc_without,
        forest_auc_with,
        forest_auc_gain,
        forest_auc_gain_low,
        forest_auc_gain_high
    from verdicts
)

select * from final
