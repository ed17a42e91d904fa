{{ config(materialized='view') }}

{{ after_gate('gate_intermediate') }}
with feature_means as (
    select * from {{ ref('int_cluster_feature_means') }}
),

final as (
    select * from feature_means
)

select * from final
