{%- set metrics = experiment_metrics() %}
with assignments as (
    select * from {{ ref('experiment_assignments') }}
),

declared as (
    select * from {{ ref('experiments') }}
),

arms as (
    select * from {{ ref('experiment_arms') }}
),

dates as (
    select * from {{ ref('int_as_of_dates') }}
),

today as (
    select
        as_of_date,
        {{ end_of_day('as_of_date') }} as known_until
    from dates
    where is_current
),

-- arms that are segments were not drawn: their contacts differ in more than the arm
drawn as (
    select
        experiment,
        min(coalesce(segment, '')) = max(coalesce(segment, '')) as is_randomised
    from arms
    group by experiment
),

found as (
    select
        experiment,
        {{ experiment_usual_control('arm') }} as usual_control_arm,
        count(distinct arm) as arms,
        sum(case when left_out_because is null then 1 else 0 end) as contacts,
        sum(case when left_out_because = 'two_arms' then 1 else 0 end) as two_arm_contacts,
        sum(case when left_out_because = 'unknown_contact' then 1 else 0 end) as unknown_contacts,
        sum(case when left_out_because is null and is_assigned_again then 1 else 0 end)
            as repeated_contacts,
        min(assigned_at) as first_assigned_at,
        max(assigned_at) as last_assigned_at
    from assignments
    group by experiment
),

settings as (
    select
        found.*,
        declared.experiment is not null as is_declared,
        coalesce(drawn.is_randomised, true) as is_randomised,
        coalesce(declared.control_arm, found.usual_control_arm) as control_arm,
        {{ experiment_window('declared.window_days') }} as window_days,
        {{ experiment_measured('declared.metrics') }} as listed_metrics
    from found
    left join declared on found.experiment = declared.experiment
    left join drawn on found.experiment = drawn.experiment
),

final as (
    select
        settings.experiment,
        settings.control_arm,
        cast(settings.window_days as integer) as window_days,
        concat_ws(
            ', ',
            {%- for metric in metrics %}
            case when settings.listed_metrics like '%,{{ metric }},%' then '{{ metric }}' end
            {{- "," if not loop.last }}
            {%- endfor %}
        ) as metrics,
        settings.is_declared,
        settings.is_randomised,
        cast(settings.arms as bigint) as arms,
        cast(settings.contacts as bigint) as contacts,
        cast(settings.two_arm_contacts as bigint) as two_arm_contacts,
        cast(settings.unknown_contacts as bigint) as unknown_contacts,
        cast(settings.repeated_contacts as bigint) as repeated_contacts,
        settings.first_assigned_at,
        settings.last_assigned_at,
        {{ dbt.dateadd('day', 'settings.window_days', 'settings.last_assigned_at') }}
        <= today.known_until as is_over,
        today.known_until
    from settings
    cross join today
)

select * from final
