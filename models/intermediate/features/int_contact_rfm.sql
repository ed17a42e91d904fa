{{ config(materialized='sliced', slices_from='int_contact_states') }}

-- the population is every contact with a counted order by then (the rule of the R package rfm)
with lifetime_orders as (
    select
        contact_id,
        sum(orders) as orders_lifetime,
        -- an order of a currency without a rate counts, and is in no average or rank of amounts
        sum(priced_orders) as priced_orders_lifetime,
        cast(sum(revenue) as decimal(18, 4)) as revenue_lifetime,
        min(first_order_at) as first_order_at,
        max(last_order_at) as last_order_at
    from {{ ref('int_contact_activity__daily') }}
    where activity_date <= {{ slice_date() }} and orders > 0
    group by contact_id
),

states as (
    select * from {{ ref('int_contact_states') }}
    where as_of_date = {{ slice_date() }}
),

rfm_segments as (
    select * from {{ ref('rfm_segments') }}
),

buyers as (
    select
        states.contact_id,
        states.as_of_date,
        {{ days_between('states.last_order_date', slice_date()) }} as days_since_last_order,
        lifetime_orders.orders_lifetime,
        lifetime_orders.priced_orders_lifetime,
        lifetime_orders.revenue_lifetime,
        case
            when lifetime_orders.priced_orders_lifetime > 0 then lifetime_orders.revenue_lifetime
        end as known_revenue,
        lifetime_orders.first_order_at,
        lifetime_orders.last_order_at
    from states
    inner join lifetime_orders on states.contact_id = lifetime_orders.contact_id
),

cuts as (
    select
        {{ quintile_cuts('cast(days_since_last_order as double)') }} as recency,
        {{ quintile_cuts('cast(orders_lifetime as double)') }} as frequency,
        {{ quintile_cuts('cast(known_revenue as double)') }} as monetary
    from buyers
),

-- a score starts at the quantile plus 1, lower bound inclusive
cut_points as (
    select
        {%- for value in ['recency', 'frequency', 'monetary'] %}
        {%- for quintile in [1, 2, 3, 4] %}
        {{ list_element(value, quintile) }} + 1 as {{ value }}_{{ quintile }}
        {{- "," if not (loop.last and value == 'monetary') }}
        {%- endfor %}
        {%- endfor %}
    from cuts
),

{%- set measures = {
    'recency': 'days_since_last_order',
    'frequency': 'orders_lifetime',
    'monetary': 'known_revenue',
} %}

quintiles as (
    select
        buyers.*,
        {%- for value, column in measures.items() %}
        case
            when buyers.{{ column }} is null then null
            {%- for quintile in [1, 2, 3, 4] %}
            when buyers.{{ column }} < cut_points.{{ value }}_{{ quintile }}
                then {{ 6 - quintile if value == 'recency' else quintile }}
            {%- endfor %}
            else {{ 1 if value == 'recency' else 5 }}
        end as rfm_{{ value }}{{ "," if not loop.last }}
        {%- endfor %}
    from buyers
    cross join cut_points
),

-- 125 combinations are named once, not every contact
combinations as (
    select
        rfm_recency,
        rfm_frequency,
        rfm_monetary
    from quintiles
    group by rfm_recency, rfm_frequency, rfm_monetary
),

ranked_names as (
    select
        combinations.rfm_recency,
        combinations.rfm_frequency,
        combinations.rfm_monetary,
        rfm_segments.rfm_segment,
        row_number() over (
            partition by
                combinations.rfm_recency, combinations.rfm_frequency, combinations.rfm_monetary
            order by rfm_segments.position
        ) as match_rank
    from combinations
    inner join rfm_segments
        on
            combinations.rfm_recency between rfm_segments.recency_min and rfm_segments.recency_max
            and combinations.rfm_frequency
            between rfm_segments.frequency_min and rfm_segments.frequency_max
            and combinations.rfm_monetary
            between rfm_segments.monetary_min and rfm_segments.monetary_max
),

names as (
    select * from ranked_names
    where match_rank = 1
),

final as (
    select
        quintiles.contact_id,
        quintiles.as_of_date,
        quintiles.days_since_last_order,
        quintiles.orders_lifetime,
        quintiles.priced_orders_lifetime,
        quintiles.revenue_lifetime,
        round(cast(quintiles.known_revenue as double) / quintiles.priced_orders_lifetime, 4)
            as average_order_value,
        quintiles.first_order_at,
        quintiles.last_order_at,
        {{ days_between(local_date('quintiles.first_order_at'), slice_date()) }} as tenure_days,
        quintiles.rfm_recency,
        quintiles.rfm_frequency,
        quintiles.rfm_monetary,
        quintiles.rfm_recency * 100 + quintiles.rfm_frequency * 10 + quintiles.rfm_monetary
            as rfm_score,
        coalesce(names.rfm_segment, 'Others') as rfm_segment
    from quintiles
    left join names
        on
            quintiles.rfm_recency = names.rfm_recency
            and quintiles.rfm_frequency = names.rfm_frequency
            and quintiles.rfm_monetary = names.rfm_monetary
)

select * from final
