{%- set metrics = experiment_metrics() %}
with outcomes as (
    select * from {{ ref('experiment_outcomes') }}
),

overview as (
    select * from {{ ref('experiment_overview') }}
),

arms as (
    select * from {{ ref('experiment_arms') }}
),

draws as (
    select * from {{ ref('experiment_draws') }}
),

drawn as (
    select
        experiment,
        arm,
        avg(arm_share) as arm_share
    from draws
    group by experiment, arm
),

summed as (
    select
        experiment,
        arm,
        count(*) as contacts,
        sum(case when is_over then 0 else 1 end) as running_contacts,
        {%- for metric in metrics %}
        sum({{ metric }}) as {{ metric }}_sum,
        sum({{ metric }} * {{ metric }}) as {{ metric }}_squares,
        sum({{ metric }}_before) as {{ metric }}_before_sum,
        sum({{ metric }}_before * {{ metric }}_before) as {{ metric }}_before_squares,
        sum({{ metric }} * {{ metric }}_before) as {{ metric }}_products
        {{- "," if not loop.last }}
        {%- endfor %}
    from outcomes
    group by experiment, arm
),

by_metric as (
    {%- for metric, rule in metrics.items() %}
    {{ "union all" if not loop.first }}
    select
        experiment,
        '{{ metric }}' as metric,
        '{{ rule.measure }}' as measure,
        {{ loop.index }} as metric_position,
        arm,
        contacts,
        running_contacts,
        {{ metric }}_sum as value_sum,
        {{ metric }}_squares as value_squares,
        {{ metric }}_before_sum as before_sum,
        {{ metric }}_before_squares as before_squares,
        {{ metric }}_products as products
    from summed
    {%- endfor %}
),

-- what was drawn here is expected as it was drawn; arms whose sizes nobody declared are expected to
-- be of one size, and an arm that was not declared beside others should have nobody
weighted as (
    select
        by_metric.*,
        overview.control_arm,
        overview.window_days,
        overview.is_randomised,
        case
            when drawn.arm is not null then drawn.arm_share
            when count(arms.arm) over (
                partition by by_metric.experiment, by_metric.metric
            ) = 0 then 1e0
            else coalesce(arms.weight, 0e0)
        end as expected_weight
    from by_metric
    inner join overview
        on
            by_metric.experiment = overview.experiment
            and ', ' || overview.metrics || ',' like '%, ' || by_metric.metric || ',%'
    left join arms
        on
            by_metric.experiment = arms.experiment
            and by_metric.arm = arms.arm
    left join drawn
        on
            by_metric.experiment = drawn.experiment
            and by_metric.arm = drawn.arm
),

final as (
    select
        experiment,
        metric,
        measure,
        cast(metric_position as integer) as metric_position,
        arm,
        control_arm,
        window_days,
        is_randomised,
        cast(expected_weight as double) as expected_weight,
        cast(contacts as bigint) as contacts,
        cast(running_contacts as bigint) as running_contacts,
        cast(value_sum as double) as value_sum,
        cast(value_squares as double) as value_squares,
        cast(before_sum as double) as before_sum,
        cast(before_squares as double) as before_squares,
        cast(products as double) as products
    from weighted
)

select * from final
