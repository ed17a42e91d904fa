{{ config(materialized='view') }}
with uplifts as (
    select * from {{ ref('contact_uplifts') }}
),

models as (
    select * from {{ ref('uplift_models') }}
    where is_used
),

placed as (
    select
        uplifts.contact_id,
        uplifts.as_of_date,
        uplifts.uplift_group,
        uplifts.predicted_uplift,
        uplifts.uplift_group = 'do_not_disturb' as is_put_off,
        row_number() over (
            partition by uplifts.contact_id
            order by models.last_assigned_at desc, uplifts.experiment
        ) = 1 as is_latest
    from uplifts
    inner join models on uplifts.experiment = models.experiment
),

final as (
    select
        contact_id,
        as_of_date,
        coalesce(
            max(case when is_put_off then uplift_group end),
            max(case when is_latest then uplift_group end)
        ) as uplift_group,
        max(case when is_latest then predicted_uplift end) as predicted_uplift
    from placed
    group by contact_id, as_of_date
)

select * from final
