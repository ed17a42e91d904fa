{{ config(materialized='sliced', slices_from='int_inactivity_verdicts') }}

{{ after_gate('gate_intermediate') }}
with verdicts as (
    select * from {{ ref('int_inactivity_verdicts') }}
    where as_of_date = {{ slice_date() }}
),

final as (
    select
        contact_id,
        as_of_date,
        policy,
        is_current_policy,
        is_inactive,
        inactive_since,
        cast(days_inactive as integer) as days_inactive,
        cast(sends_since_last_engagement as bigint) as sends_since_last_engagement,
        own_cadence_days,
        deciding_signal,
        is_past_legal_max,
        reason
    from verdicts
)

select * from final
