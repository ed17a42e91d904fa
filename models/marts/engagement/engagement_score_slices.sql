{{ config(materialized='sliced', slices_from='int_contact_metrics') }}

{{ after_gate('gate_intermediate') }}
with metrics as (
    select * from {{ ref('int_contact_metrics') }}
    where as_of_date = {{ slice_date() }}
),

final as (
    select
        contact_id,
        as_of_date,
        engagement_points,
        engagement_score,
        open_frequency_component,
        clicks_component,
        session_duration_component,
        cast(rfm_recency as integer) as rfm_recency,
        cast(rfm_frequency as integer) as rfm_frequency,
        cast(rfm_monetary as integer) as rfm_monetary,
        cast(rfm_score as integer) as rfm_score,
        rfm_segment,
        engagement_level
    from metrics
)

select * from final
