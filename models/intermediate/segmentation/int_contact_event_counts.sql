-- Written by `winback segments compile` from segments/: edit the rules, not this file.
{{ config(
    materialized='sliced',
    slices_from=['int_feature_slices', 'int_event_count_slices']
) }}
-- depends_on: {{ ref('int_feature_slices') }}
-- depends_on: {{ ref('int_event_count_slices') }}
-- depends_on: {{ ref('int_as_of_dates') }}
-- depends_on: {{ ref('int_activity_days') }}
-- depends_on: {{ ref('int_contact_activity__daily') }}
-- depends_on: {{ ref('int_contact_activity__campaigns') }}
-- depends_on: {{ ref('signal_weights') }}
with final as (
    select
        cast(null as {{ dbt.type_string() }}) as contact_id,
        cast(null as date) as as_of_date
    where false
)

select * from final
