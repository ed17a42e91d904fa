{{ after_gate('gate_intermediate') }}
with models as (
    select * from {{ ref('int_lifetime_models') }}
),

final as (
    select
        model,
        as_of_date,
        is_current,
        status,
        reason,
        contacts,
        parameters,
        log_likelihood,
        outcome_days,
        expected_outcome,
        actual_outcome,
        auc_expectation,
        auc_recency,
        top_tenth_expectation,
        top_tenth_recency
    from models
)

select * from final
