{{ config(materialized='view') }}

select
    contact_id,
    as_of_date,
    engagement_points,
    engagement_score,
    open_frequency_component,
    clicks_component,
    session_duration_component,
    rfm_recency,
    rfm_frequency,
    rfm_monetary,
    rfm_score,
    rfm_segment,
    engagement_level
from {{ ref('engagement_score_slices') }}
