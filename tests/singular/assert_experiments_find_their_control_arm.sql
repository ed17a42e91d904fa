-- An experiment whose declared control arm holds nobody has no result, and a table without rows
-- does not say why.
{{ config(severity='warn') }}
with overview as (
    select * from {{ ref('experiment_overview') }}
),

assignments as (
    select * from {{ ref('experiment_assignments') }}
),

arms as (
    select
        experiment,
        arm
    from assignments
    where left_out_because is null
    group by experiment, arm
),

final as (
    select
        overview.experiment,
        overview.control_arm
    from overview
    left join arms
        on
            overview.experiment = arms.experiment
            and overview.control_arm = arms.arm
    where arms.arm is null
)

select * from final
