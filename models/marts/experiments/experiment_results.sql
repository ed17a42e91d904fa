with compared as (
    select * from {{ ref('experiment_statistics') }}
),

overview as (
    select * from {{ ref('experiment_overview') }}
),

final as (
    select
        compared.experiment,
        compared.metric,
        compared.arm,
        compared.control_arm,
        compared.contacts,
        compared.control_contacts,
        compared.value,
        compared.control_value,
        compared.difference,
        compared.relative_difference,
        compared.statistic,
        compared.p_value,
        compared.p_value_adjusted,
        compared.ci_low,
        compared.ci_high,
        compared.test,
        compared.srm_p_value,
        compared.is_trustworthy,
        compared.warning,
        compared.always_valid_low,
        compared.always_valid_high,
        compared.cuped_difference,
        compared.cuped_ci_low,
        compared.cuped_ci_high,
        compared.cuped_p_value,
        compared.cuped_variance_reduction,
        compared.minimal_detectable_effect,
        compared.all_arms_test,
        compared.all_arms_statistic,
        compared.all_arms_p_value,
        overview.window_days,
        overview.is_over,
        overview.is_randomised,
        overview.two_arm_contacts,
        overview.unknown_contacts,
        overview.repeated_contacts,
        overview.first_assigned_at,
        overview.last_assigned_at
    from compared
    inner join overview on compared.experiment = overview.experiment
)

select * from final
