{{ after_gate('gate_intermediate') }}
with predicted as (
    select * from {{ ref('int_contact_uplifts') }}
),

fits as (
    select * from {{ ref('int_uplift_fits') }}
    where decile is not null and is_used
),

final as (
    select
        predicted.experiment,
        predicted.contact_id,
        predicted.as_of_date,
        predicted.learner,
        predicted.metric,
        predicted.predicted_uplift,
        predicted.untreated_chance,
        predicted.decile,
        predicted.uplift_group,
        predicted.is_participant,
        -- what the experiment showed of those predicted alike
        fits.effect as decile_effect,
        fits.effect_low as decile_effect_low,
        fits.effect_high as decile_effect_high
    from predicted
    inner join fits
        on
            predicted.experiment = fits.experiment
            and predicted.decile = fits.decile
)

select * from final
