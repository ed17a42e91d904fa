{{ config(materialized='view') }}

with gate_staging as (
    select * from {{ ref('gate_staging') }}
),

gate_intermediate as (
    select * from {{ ref('gate_intermediate') }}
),

final as (
    select * from gate_staging
    union all
    select * from gate_intermediate
)

select * from final
