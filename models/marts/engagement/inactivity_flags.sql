{{ config(materialized='view') }}

select
    contact_id,
    as_of_date,
    policy,
    is_current_policy,
    is_inactive,
    inactive_since,
    days_inactive,
    sends_since_last_engagement,
    own_cadence_days,
    deciding_signal,
    is_past_legal_max,
    reason
from {{ ref('inactivity_flag_slices') }}
