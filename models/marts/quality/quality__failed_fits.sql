{{ config(materialized='view') }}

{%- set families = [] -%}
{%- for family in ['clusters', 'lifetimes', 'propensity', 'uplift'] if family in var('fitted') -%}
    {%- do families.append(family) -%}
{%- endfor -%}

with
{%- if 'clusters' in families %}
contact_clusters as (
    select * from {{ ref('int_contact_clusters') }}
    where cluster is not null
),

clusters as (
    select
        algorithm as model,
        case when verdict = 'failed' then reason end as reason,
        is_chosen
        and not exists (select contact_clusters.contact_id from contact_clusters)
            as predicts_nobody
    from {{ ref('int_cluster_fits') }}
),
{% endif %}
{%- if 'lifetimes' in families %}
contact_lifetimes as (
    select model from {{ ref('int_order_predictions') }}
    union
    select model from {{ ref('int_engagement_predictions') }}
),

lifetimes as (
    select
        model,
        case when status = 'failed' then reason end as reason,
        is_current
        and status = 'fitted'
        -- its figures stand beside those of the others
        and model <> 'gamma_gamma'
        and model not in (select contact_lifetimes.model from contact_lifetimes)
            as predicts_nobody
    from {{ ref('int_lifetime_models') }}
),
{% endif %}
{%- if 'propensity' in families %}
contact_propensities as (
    select distinct target from {{ ref('int_contact_propensities') }}
    where score is not null
),

propensity as (
    select
        target || ' by ' || algorithm as model,
        case when status = 'failed' then reason end as reason,
        is_used
        and target not in (select contact_propensities.target from contact_propensities)
            as predicts_nobody
    from {{ ref('int_propensity_fits') }}
),
{% endif %}
{%- if 'uplift' in families %}
contact_uplifts as (
    select distinct experiment from {{ ref('int_contact_uplifts') }}
),

uplift as (
    select
        experiment || ' by ' || learner as model,
        case when status = 'failed' then reason end as reason,
        is_used
        and experiment not in (select contact_uplifts.experiment from contact_uplifts)
            as predicts_nobody
    from {{ ref('int_uplift_fits') }}
    where decile is null
),
{% endif %}
fits as (
    {%- for family in families %}
    select
        '{{ family }}' as family,
        model,
        case when predicts_nobody then 'it was fitted and predicts nobody' else reason end as reason
    from {{ family }}
    union all
    {%- endfor %}
    select
        cast(null as {{ dbt.type_string() }}) as family,
        cast(null as {{ dbt.type_string() }}) as model,
        cast(null as {{ dbt.type_string() }}) as reason
),

final as (
    select
        family,
        model,
        max(reason) as reason,
        'The model ' || family || ', ' || model || ', failed: ' || max(reason)
        || '. Its columns are null until it works again.' as message
    from fits
    where reason is not null
    group by family, model
)

select * from final
