{{ config(materialized='view') }}

{{ after_gate('gate_intermediate') }}
with fits as (
    select * from {{ ref('int_propensity_fits') }}
),

final as (
    select
        target,
        algorithm,
        horizon_days,
        as_of_date,
        is_used,
        status,
        reason,
        trained_on,
        tested_from,
        tested_until,
        training_contacts,
        training_positives,
        test_contacts,
        test_rows,
        test_positives,
        auc,
        auc_low,
        auc_high,
        auc_recency,
        auc_gain,
        auc_gain_low,
        auc_gain_high,
        pr_auc,
        pr_auc_recency,
        pr_auc_gain,
        pr_auc_gain_low,
        pr_auc_gain_high,
        brier,
        brier_recency,
        brier_gain,
        brier_gain_low,
        brier_gain_high,
        lift,
        lift_recency,
        lift_gain,
        lift_gain_low,
        lift_gain_high,
        calibration_error,
        calibration_error_recency,
        by_date,
        features,
        unused_features,
        features_hash,
        parameters,
        library_versions,
        model_hash
    from fits
)

select * from final
