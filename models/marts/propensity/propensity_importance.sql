{{ config(materialized='view') }}

{{ after_gate('gate_intermediate') }}
with fits as (
    select * from {{ ref('int_propensity_fits') }}
    where model is not null
),

features as (
    {%- for feature in var('propensity').features %}
    select
        '{{ feature }}' as feature,
        {{ loop.index }} as place
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
),

measured as (
    select
        fits.target,
        fits.algorithm,
        features.feature,
        fits.is_used,
        {{ list_element('fits.importances', 'features.place') }} as importance
    from fits
    cross join features
),

final as (
    select
        target,
        algorithm,
        feature,
        is_used,
        importance,
        row_number() over (
            partition by target, algorithm
            order by importance desc, feature
        ) as importance_rank
    from measured
)

select * from final
