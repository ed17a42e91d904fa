{{ after_gate('gate_intermediate') }}
with curves as (
    select * from {{ ref('int_cluster_curves') }}
),

runs as (
    select * from {{ ref('cluster_runs') }}
),

final as (
    select
        curves.algorithm,
        curves.k,
        runs.as_of_date,
        curves.inertia,
        curves.silhouette,
        curves.gap,
        curves.gap_error,
        coalesce(curves.k = runs.elbow_k, false) as is_elbow,
        coalesce(curves.k = runs.silhouette_k, false) as is_best_silhouette,
        coalesce(curves.k = runs.gap_k, false) as is_gap_choice
    from curves
    inner join runs on curves.algorithm = runs.algorithm
)

select * from final
