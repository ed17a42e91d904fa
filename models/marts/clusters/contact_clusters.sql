{{ after_gate('gate_intermediate') }}
with placed as (
    select * from {{ ref('int_contact_clusters') }}
),

profiles as (
    select * from {{ ref('cluster_profiles') }}
),

final as (
    select
        placed.contact_id,
        placed.as_of_date,
        placed.algorithm,
        placed.cluster,
        profiles.cluster_name,
        profiles.trust,
        placed.distance
    from placed
    left join profiles on placed.cluster = profiles.cluster
)

select * from final
