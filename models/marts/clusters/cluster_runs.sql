{{ after_gate('gate_intermediate') }}
with fits as (
    select * from {{ ref('int_cluster_fits') }}
),

placed as (
    select * from {{ ref('int_contact_clusters') }}
),

unassigned as (
    select count(*) as contacts
    from placed
    where cluster is null
),

final as (
    select
        fits.algorithm,
        fits.as_of_date,
        fits.preference,
        fits.is_chosen,
        fits.verdict,
        fits.reason,
        fits.clusters as k,
        fits.elbow_k,
        fits.silhouette_k,
        fits.gap_k,
        fits.inertia,
        fits.silhouette,
        fits.gap,
        fits.stability,
        fits.noise_share,
        fits.contacts,
        case when fits.is_chosen then unassigned.contacts end as unassigned_contacts,
        fits.sample_contacts,
        fits.features,
        fits.unused_features,
        fits.parameters
    from fits
    cross join unassigned
)

select * from final
