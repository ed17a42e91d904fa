{{ config(materialized='view') }}

with flags as (
    select * from {{ ref('segment_flags') }}
),

final as (
    select * from flags
)

select * from final
