{{ config(materialized='view') }}

{{ after_gate('gate_intermediate') }}
with fits as (
    select * from {{ ref('int_propensity_fits') }}
    where model is not null
),

deciles as (
    {%- for decile in range(1, 11) %}
    select {{ decile }} as decile
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
),

counted as (
    select
        fits.target,
        fits.algorithm,
        deciles.decile,
        fits.is_used,
        cast(fits.test_positives as double) / fits.test_rows as overall_rate,
        {{ list_element('fits.tenth_contacts', 'deciles.decile') }} as contacts,
        {{ list_element('fits.tenth_chances', 'deciles.decile') }} as mean_score,
        {{ list_element('fits.tenth_positives', 'deciles.decile') }} as positives,
        {{ list_element('fits.tenth_recency_chances', 'deciles.decile') }} as recency_mean_score,
        {{ list_element('fits.tenth_recency_positives', 'deciles.decile') }} as recency_positives
    from fits
    cross join deciles
),

rated as (
    select
        *,
        positives / contacts as rate,
        recency_positives / contacts as recency_rate,
        -- Wilson's interval at 95 %: what is added to the share, and what the sum is divided by
        1.959963984540054 * 1.959963984540054 / contacts as pull
    from counted
),

final as (
    select
        target,
        algorithm,
        decile,
        is_used,
        contacts,
        positives,
        mean_score,
        rate,
        greatest(
            (rate + pull / 2 - sqrt(pull * (rate * (1 - rate) + pull / 4))) / (1 + pull), 0
        ) as rate_low,
        least(
            (rate + pull / 2 + sqrt(pull * (rate * (1 - rate) + pull / 4))) / (1 + pull), 1
        ) as rate_high,
        rate / overall_rate as lift,
        recency_mean_score,
        recency_rate,
        recency_rate / overall_rate as recency_lift
    from rated
)

select * from final
