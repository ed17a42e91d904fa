{{ config(materialized='view') }}

with placed as (
    select * from {{ ref('int_contact_clusters') }}
),

profiles as (
    select * from {{ ref('int_cluster_profiles') }}
),

final as (
    select
        placed.contact_id,
        placed.as_of_date,
        placed.cluster,
        profiles.cluster_name
    from placed
    left join profiles on placed.cluster = profiles.cluster
)

select * from final
