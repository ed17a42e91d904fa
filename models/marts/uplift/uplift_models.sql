{{ after_gate('gate_intermediate') }}
with fits as (
    select * from {{ ref('int_uplift_fits') }}
    where decile is null
),

dates as (
    select * from {{ ref('int_as_of_dates') }}
    where is_current
),

final as (
    select
        fits.experiment,
        fits.learner,
        dates.as_of_date,
        fits.is_used,
        fits.status,
        fits.reason,
        fits.metric,
        fits.arm,
        fits.control_arm,
        fits.window_days,
        fits.last_assigned_at,
        fits.contacts,
        fits.treated_contacts,
        fits.control_contacts,
        fits.learned_contacts,
        fits.srm_p_value,
        fits.treated_rate,
        fits.control_rate,
        fits.effect,
        fits.effect_low,
        fits.effect_high,
        fits.qini,
        fits.qini_low,
        fits.qini_high,
        fits.qini_share,
        fits.auuc,
        fits.auuc_low,
        fits.auuc_high,
        fits.effect / 2 as auuc_random,
        fits.moved_deciles,
        fits.disturbed_deciles,
        fits.features,
        fits.unused_features,
        fits.model_sha256
    from fits
    cross join dates
)

select * from final
