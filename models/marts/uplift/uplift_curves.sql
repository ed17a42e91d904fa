{{ after_gate('gate_intermediate') }}
with fits as (
    select * from {{ ref('int_uplift_fits') }}
    where decile is not null
),

final as (
    select
        experiment,
        learner,
        decile,
        is_used,
        cast(decile as double) / 10 as share_of_contacts,
        contacts,
        treated_contacts,
        control_contacts,
        predicted_uplift,
        treated_rate,
        control_rate,
        effect,
        effect_low,
        effect_high,
        gain,
        gain_low,
        gain_high,
        random_gain
    from fits
)

select * from final
