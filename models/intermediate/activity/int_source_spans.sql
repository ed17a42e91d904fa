{#- Under so many moments, or days, nobody can say what is usual of a source. -#}
{%- set judged_moments = 30 -%}
{%- set judged_days = 6 -%}
{#- A silence is long that lasts over two weeks and five times what nine of ten silences last. -#}
{%- set long_silence_days = 14 -%}
{%- set usual_silences = 5 -%}
{#- What comes after a long silence is believed when it is more than one moment and more than a
    hundredth of the source, or goes on for seven days. -#}
{%- set believed_share = 0.01 -%}
{%- set believed_days = 7 -%}
{#- A source that goes on alone, by its own rhythm, is believed from so many days on. -#}
{%- set days_alone = 3 -%}
with source_days as (
    select
        source_system,
        source_relation,
        entity,
        activity_date,
        sum(moments) as moments,
        sum(accepted_lines) as accepted_lines
    from {{ ref('int_source_days') }}
    where moments > 0
    group by source_system, source_relation, entity, activity_date
),

sized as (
    select
        *,
        sum(moments) over (partition by source_system, source_relation, entity) as source_moments,
        count(*) over (partition by source_system, source_relation, entity) as source_days
    from source_days
),

-- sources too small to be judged are judged as one
grouped as (
    select
        *,
        case
            when source_moments >= {{ judged_moments }} and source_days >= {{ judged_days }}
                then source_system || '/' || source_relation || '/' || entity
            else 'small sources'
        end as judged_as
    from sized
),

days as (
    select
        judged_as,
        activity_date,
        sum(moments) as moments,
        sum(accepted_lines) as accepted_lines
    from grouped
    group by judged_as, activity_date
    union all
    select
        'everything' as judged_as,
        activity_date,
        sum(moments) as moments,
        sum(accepted_lines) as accepted_lines
    from grouped
    group by activity_date
),

silences as (
    select
        judged_as,
        activity_date,
        moments,
        accepted_lines,
        {{ days_between(
            'lag(activity_date) over (partition by judged_as order by activity_date)',
            'activity_date',
        ) }} as silent_days,
        sum(moments) over (partition by judged_as) as all_moments,
        count(*) over (partition by judged_as) as all_days
    from days
),

ranked_silences as (
    select
        judged_as,
        silent_days,
        row_number() over (partition by judged_as order by silent_days) as silence_rank,
        count(*) over (partition by judged_as) as silence_count
    from silences
    where silent_days is not null
),

-- rounded down: the one silence that is in question is not among the usual ones
usual as (
    select
        judged_as,
        max(silent_days) as usual_silent_days
    from ranked_silences
    where silence_rank <= floor(silence_count * 0.9)
    group by judged_as
),

cut as (
    select
        silences.judged_as,
        silences.activity_date,
        silences.moments,
        silences.accepted_lines,
        silences.all_moments,
        silences.all_moments >= {{ judged_moments }}
        and silences.all_days >= {{ judged_days }} as is_judged,
        sum(
            case
                when
                    silences.silent_days > greatest(
                        {{ long_silence_days }},
                        {{ usual_silences }} * coalesce(usual.usual_silent_days, 0)
                    )
                    then 1
                else 0
            end
        ) over (
            partition by silences.judged_as
            order by silences.activity_date
            rows between unbounded preceding and current row
        ) as stretch
    from silences
    left join usual on silences.judged_as = usual.judged_as
),

stretches as (
    select
        judged_as,
        is_judged,
        max(activity_date) as last_date,
        sum(moments) > greatest(1, {{ believed_share }} * max(all_moments))
        or count(*) >= {{ believed_days }}
        or sum(accepted_lines) > 0 as is_believed
    from cut
    group by judged_as, is_judged, stretch
),

supported as (
    select
        judged_as,
        max(case when is_believed then last_date end) as supported_until
    from stretches
    where is_judged
    group by judged_as
),

everything as (
    select supported_until as whole_until
    from supported
    where judged_as = 'everything'
),

-- the rhythm of a shop with few orders would carry one wrong date far beyond everybody's end
alone as (
    select max(supported.supported_until) as alone_until
    from supported
    inner join (
        select
            days.judged_as,
            count(*) as days_beyond
        from days
        inner join supported as own on days.judged_as = own.judged_as
        cross join everything
        where
            days.activity_date > everything.whole_until
            and days.activity_date <= own.supported_until
        group by days.judged_as
    ) as beyond on supported.judged_as = beyond.judged_as
    where beyond.days_beyond >= {{ days_alone }}
),

base as (
    select
        max(
            case
                when alone.alone_until > everything.whole_until then alone.alone_until
                else everything.whole_until
            end
        ) as base_until
    from everything
    cross join alone
),

-- a source too small to be judged carries the end of the data on in steps of at most two weeks
later as (
    select
        cut.activity_date,
        {{ days_between(
            'lag(cut.activity_date, 1, base.base_until) over (order by cut.activity_date)',
            'cut.activity_date',
        ) }} as step_days
    from cut
    cross join base
    where
        not cut.is_judged
        and cut.judged_as <> 'everything'
        and cut.activity_date > base.base_until
),

steps as (
    select
        activity_date,
        sum(case when step_days > {{ long_silence_days }} then 1 else 0 end) over (
            order by activity_date
            rows between unbounded preceding and current row
        ) as long_steps
    from later
),

every_day as (
    select max(activity_date) as last_date
    from days
),

ends as (
    select
        coalesce(base.base_until, every_day.last_date) as activity_until
    from base
    cross join every_day
    union all
    select max(activity_date) as activity_until
    from steps
    where long_steps = 0
    union all
    select max(activity_date) as activity_until
    from days
    where accepted_lines > 0
),

whole as (
    select max(activity_until) as activity_until
    from ends
),

final as (
    select
        grouped.source_system,
        grouped.source_relation,
        grouped.entity,
        min(grouped.activity_date) as first_date,
        max(grouped.activity_date) as last_date,
        max(grouped.source_moments) as moments,
        max(grouped.source_days) as days,
        supported.supported_until,
        whole.activity_until
    from grouped
    left join supported on grouped.judged_as = supported.judged_as
    cross join whole
    group by
        grouped.source_system,
        grouped.source_relation,
        grouped.entity,
        supported.supported_until,
        whole.activity_until
)

select * from final
