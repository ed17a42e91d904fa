{%- set rules = segment_rules() %}
{%- set expected = segment_expectations(rules) %}
{%- set forecasts = segment_forecasts(expected) %}
{%- set months = range(1, var('history_months') | int + 1) %}
{%- set words = range(1, segment_words(rules) + 1) %}
{%- set flapping = expected | selectattr('check', 'equalto', 'flap_rate')
    | map(attribute='segment') | list %}
{%- set flap_bits = segment_bits_of(rules, flapping) %}

with tree as (
    select * from {{ ref('segment_tree') }}
),

timelines as (
    select * from {{ ref('segment_timelines') }}
),

evaluations as (
    select * from {{ ref('segment_evaluations') }}
),

activity as (
    select * from {{ ref('int_contact_activity__daily') }}
),

dates as (
    select * from {{ ref('int_as_of_dates') }}
),

segments as (
    {{ segment_list(rules) | indent(4) }}
),

expectations as (
    {{ segment_expectation_list(expected) | indent(4) }}
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

-- from the oldest date on: the segments entered once, and those entered once more after that
entries_{{ months | length }} as (
    select
        *,
        {%- for number in words %}
        {{ segment_known_word(number, months | length) }}
        & {{ flap_bits[number - 1] }}
            as once_word_{{ number }}_{{ months | length }},
        cast(0 as {{ segment_word_type() }}) as again_word_{{ number }}_{{ months | length }}
        {{- "," if not loop.last }}
        {%- endfor %}
    from timelines
    {%- if not flapping %}
    where false
    {%- endif %}
),

{% for index in months | reverse -%}
entries_{{ index - 1 }} as (
    select
        *,
        {%- for number in words %}
        {%- set entered = '((' ~ segment_bits_without(number, index - 1, index) ~ ') & '
            ~ flap_bits[number - 1] ~ ')' %}
        once_word_{{ number }}_{{ index }} | {{ entered }}
            as once_word_{{ number }}_{{ index - 1 }},
        again_word_{{ number }}_{{ index }} | (once_word_{{ number }}_{{ index }} & {{ entered }})
            as again_word_{{ number }}_{{ index - 1 }}{{ "," if not loop.last }}
        {%- endfor %}
    from entries_{{ index }}
),

{% endfor -%}
paths as (
    select
        {%- for number in words %}
        once_word_{{ number }}_0,
        again_word_{{ number }}_0,
        {%- endfor %}
        count(*) as contacts
    from entries_0
    group by
        {%- for number in words %}
        once_word_{{ number }}_0,
        again_word_{{ number }}_0{{ "," if not loop.last }}
        {%- endfor %}
),

returns as (
    select
        segments.segment,
        sum(paths.contacts) as once_contacts,
        sum(
            case
                when {{ segment_is_in(rules, 'paths', 'segments', '_0', 'again_') }}
                    then paths.contacts
                else 0
            end
        ) as again_contacts
    from paths
    cross join segments
    where {{ segment_is_in(rules, 'paths', 'segments', '_0', 'once_') }}
    group by segments.segment
),

-- the last date kept after which all the days of a forecast have passed
forecasts as (
    {%- for outcome, days in forecasts %}
    {{ 'union all' if not loop.first }}
    select
        {{ quoted_text(outcome) }} as outcome,
        {{ days }} as within_days,
        max(past.as_of_date) as as_of_date
    from dates as past
    inner join dates as today
        on past.as_of_date <= {{ dbt.dateadd('day', -days, 'today.as_of_date') }}
    where today.is_current
    {%- else %}
    select
        '' as outcome,
        0 as within_days,
        cast(null as date) as as_of_date
    where false
    {%- endfor %}
),

-- with repurchase, all who had bought by the date
doers as (
    {%- for outcome, days in forecasts %}
    {%- set column = segment_expect_outcomes()[outcome][0] %}
    {{ 'union all' if not loop.first }}
    select
        forecasts.outcome,
        forecasts.within_days,
        activity.contact_id,
        {{ "max(activity.activity_date) > forecasts.as_of_date" if outcome == 'repurchase'
            else "true" }} as has_done
    from activity
    inner join forecasts
        on
            forecasts.outcome = {{ quoted_text(outcome) }}
            and forecasts.within_days = {{ days }}
    where
        activity.{{ column }} > 0
        {%- if outcome != 'repurchase' %}
        and activity.activity_date > forecasts.as_of_date
        {%- endif %}
        and activity.activity_date
        <= {{ dbt.dateadd('day', days, 'forecasts.as_of_date') }}
    group by
        forecasts.outcome, forecasts.within_days, forecasts.as_of_date, activity.contact_id
    {%- if outcome == 'repurchase' %}
    having min(activity.activity_date) <= forecasts.as_of_date
    {%- endif %}
    {%- else %}
    select
        '' as outcome,
        0 as within_days,
        '' as contact_id,
        false as has_done
    where false
    {%- endfor %}
),

-- an outcome that nobody ever had is not collected
collected as (
    {%- for outcome, _ in forecasts | unique(attribute=0) %}
    {{ 'union all' if not loop.first }}
    select {{ quoted_text(outcome) }} as outcome
    from activity
    having max({{ segment_expect_outcomes()[outcome][0] }}) > 0
    {%- else %}
    select '' as outcome
    where false
    {%- endfor %}
),

followed as (
    select
        forecasts.outcome,
        forecasts.within_days,
        {%- for column in segment_word_columns(rules) %}
        evaluations.{{ column }},
        {%- endfor %}
        sum(
            case
                when forecasts.outcome <> 'repurchase' or doers.contact_id is not null then 1
                else 0
            end
        ) as members,
        sum(case when doers.has_done then 1 else 0 end) as doers
    from forecasts
    inner join evaluations on forecasts.as_of_date = evaluations.as_of_date
    left join doers
        on
            evaluations.contact_id = doers.contact_id
            and forecasts.outcome = doers.outcome
            and forecasts.within_days = doers.within_days
    group by
        forecasts.outcome,
        forecasts.within_days,
        {%- for column in segment_word_columns(rules) %}
        evaluations.{{ column }}{{ "," if not loop.last }}
        {%- endfor %}
),

followed_by_segment as (
    select
        segments.segment,
        followed.outcome,
        followed.within_days,
        cast(sum(followed.members) as double) as members,
        cast(sum(followed.doers) as double) as doers
    from followed
    cross join segments
    where {{ segment_is_in(rules, 'followed', 'segments') }}
    group by segments.segment, followed.outcome, followed.within_days
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
                        'followed_by_segment.doers', 'followed_by_segment.members'
                    ) | indent(20) }}
        end as observed,
        forecasts.as_of_date as forecast_date,
        followed_by_segment.members,
        followed_by_segment.doers,
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
                        when followed_by_segment.members is null
                            then
                                'nobody was in it on '
                                || cast(forecasts.as_of_date as {{ dbt.type_string() }})
                        -- or not enough to prove it even if all of them had
                        when
                            followed_by_segment.members < {{ segment_forecast_minimum() }}
                            or {{ wilson_lower(
                                'followed_by_segment.members', 'followed_by_segment.members'
                            ) | indent(28) }} < expectations.expected_low
                            then
                                'too few were in it on '
                                || cast(forecasts.as_of_date as {{ dbt.type_string() }}) || ' ('
                                || cast(
                                    cast(followed_by_segment.members as bigint)
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
    left join followed_by_segment
        on
            expectations.segment = followed_by_segment.segment
            and expectations.outcome = followed_by_segment.outcome
            and expectations.within_days = followed_by_segment.within_days
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
                    {%- for name, (_, verb) in segment_expect_outcomes().items() %}
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
