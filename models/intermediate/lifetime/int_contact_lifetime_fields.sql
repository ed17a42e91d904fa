{{ config(materialized='view') }}
with lifetimes as (
    select * from {{ ref('int_contact_lifetimes') }}
),

final as (
    select
        contact_id,
        as_of_date,
        {%- for who, model in [('buyer', 'mbg_nbd'), ('reader', 'bg_bb')] %}
        max(case when model = '{{ model }}' then probability_alive end)
            as {{ who }}_probability_alive,
        max(case when model = '{{ model }}' then predicted_inactive_on end)
            as {{ who }}_inactive_on,
        max(
            case
                when model = '{{ model }}'
                    then {{ days_between('predicted_inactive_on', 'as_of_date') }}
            end
        ) as {{ who }}_days_past_threshold,
        max(
            case when model = '{{ model }}'
                then case when predicted_inactive_on <= as_of_date then 1 else 0 end
            end
        ) = 1 as {{ who }}_is_past_threshold,
        max(case when model = '{{ model }}' then expectation_percentile end)
            as {{ who }}_expectation_percentile,
        {%- endfor %}
        max(case when model = 'mbg_nbd' then expected_orders_30d end) as expected_orders_30d,
        max(case when model = 'mbg_nbd' then expected_orders_90d end) as expected_orders_90d,
        max(case when model = 'mbg_nbd' then expected_orders_365d end) as expected_orders_365d,
        max(case when model = 'mbg_nbd' then expected_value_365d end) as expected_value_365d,
        max(expected_engagements_30d) as expected_engagements_30d,
        max(expected_engagements_90d) as expected_engagements_90d,
        max(expected_engagements_365d) as expected_engagements_365d
    from lifetimes
    where model in ('mbg_nbd', 'bg_bb')
    group by contact_id, as_of_date
)

select * from final
