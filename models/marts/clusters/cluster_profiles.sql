{{ config(materialized='view') }}

{{ after_gate('gate_intermediate') }}
with profiles as (
    select * from {{ ref('int_cluster_profiles') }}
),

final as (
    select * from profiles
)

select * from final
