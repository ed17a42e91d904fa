{{ config(materialized='view') }}

with predicted as (
    select * from {{ ref('int_contact_uplifts') }}
),

fits as (
    select * from {{ ref('int_uplift_fits') }}
    where is_used
),

-- one row per experiment and tenth, and one per experiment
placed as (
    select
        predicted.contact_id,
        predicted.as_of_date,
        predicted.uplift_group,
        predicted.predicted_uplift,
        predicted.uplift_group = 'do_not_disturb' as is_put_off,
        row_number() over (
            partition by predicted.contact_id
            order by models.last_assigned_at desc, predicted.experiment
        ) = 1 as is_latest
    from predicted
    inner join fits as tenths
        on
            predicted.experiment = tenths.experiment
            and predicted.decile = tenths.decile
    inner join fits as models
        on
            predicted.experiment = models.experiment
            and models.decile is null
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
