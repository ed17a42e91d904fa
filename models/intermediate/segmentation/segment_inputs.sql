-- Written by `winback segments compile` from segments/: edit the rules, not this file.
{{ config(materialized='view') }}
with features as (
    select * from {{ ref('int_contact_features') }}
),

uplift as (
    {{ fitted_fields('uplift', 'int_contact_uplift_fields', {'uplift_group': 'text'}) }}
),

asked as (
    select
        features.*,
        uplift.uplift_group
    from features
    left join uplift
        on
            features.contact_id = uplift.contact_id
            and features.as_of_date = uplift.as_of_date
)

select * from asked
