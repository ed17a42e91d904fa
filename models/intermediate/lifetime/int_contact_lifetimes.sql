with purchases as (
    select * from {{ ref('int_contact_purchases') }}
    where is_current
),

opportunities as (
    select * from {{ ref('int_contact_opportunities') }}
    where is_current
),

order_predictions as (
    select * from {{ ref('int_order_predictions') }}
),

engagement_predictions as (
    select * from {{ ref('int_engagement_predictions') }}
),

timelines as (
    select * from {{ ref('int_contact_timelines') }}
),

buyers as (
    select
        purchases.contact_id,
        predictions.model,
        purchases.as_of_date,
        predictions.probability_alive,
        predictions.expected_orders_30d,
        predictions.expected_orders_90d,
        predictions.expected_orders_365d,
        cast(null as double) as expected_engagements_30d,
        cast(null as double) as expected_engagements_90d,
        cast(null as double) as expected_engagements_365d,
        predictions.expected_orders_365d * (
            (1 - predictions.value_weight) * predictions.mean_value
            + predictions.value_weight
            * case when purchases.repeat_value > 0 then purchases.repeat_value else 0e0 end
        ) as expected_value_365d,
        {{ days_after('purchases.first_order_on', 'predictions.inactive_age_days') }}
            as predicted_inactive_on,
        predictions.expectation_percentile,
        purchases.age_days - purchases.recency_days as days_silent
    from purchases
    inner join order_predictions as predictions
        on purchases.frequency = predictions.frequency
        and purchases.recency_days = predictions.recency_days
        and purchases.age_days = predictions.age_days
),

-- the message after which the chance falls under one half lies ahead, or is one of those sent
readers as (
    select
        opportunities.contact_id,
        predictions.model,
        opportunities.as_of_date,
        opportunities.opportunities,
        opportunities.send_days_90d,
        opportunities.days_since_engaged,
        predictions.probability_alive,
        predictions.expected_engagements_30d,
        predictions.expected_engagements_90d,
        predictions.expected_engagements_365d,
        predictions.expectation_percentile,
        case when predictions.inactive_after < 1 then 1 else predictions.inactive_after end
            as inactive_after
    from opportunities
    inner join engagement_predictions as predictions
        on opportunities.engaged = predictions.engaged
        and opportunities.last_engaged = predictions.last_engaged
        and opportunities.opportunities = predictions.opportunities
        and opportunities.send_days_90d = predictions.send_days_90d
),

sent as (
    select
        readers.contact_id,
        readers.inactive_after,
        {{ list_marks('timelines.send_dates', []) }} as marks
    from readers
    inner join timelines on readers.contact_id = timelines.contact_id
    where readers.inactive_after <= readers.opportunities
),

gone as (
    select
        contact_id,
        {{ list_element(list_asked('marks'), 'inactive_after') }} / 2 as day_number
    from sent
),

predicted as (
    select * from buyers
    union all
    select
        readers.contact_id,
        readers.model,
        readers.as_of_date,
        readers.probability_alive,
        cast(null as double) as expected_orders_30d,
        cast(null as double) as expected_orders_90d,
        cast(null as double) as expected_orders_365d,
        readers.expected_engagements_30d,
        readers.expected_engagements_90d,
        readers.expected_engagements_365d,
        cast(null as double) as expected_value_365d,
        case
            when gone.day_number is not null
                then {{ days_after("date '2000-01-01'", 'gone.day_number') }}
            -- not after more than ten years, as for orders
            when (readers.inactive_after - readers.opportunities) * 90
                <= readers.send_days_90d * 3650
                then {{ days_after(
                    'readers.as_of_date',
                    'ceil((readers.inactive_after - readers.opportunities) * 90e0'
                    ~ ' / readers.send_days_90d)'
                ) }}
        end as predicted_inactive_on,
        readers.expectation_percentile,
        -- who never engaged has been silent longest
        coalesce(readers.days_since_engaged, 1000000) as days_silent
    from readers
    left join gone on readers.contact_id = gone.contact_id
),

silences as (
    select
        model,
        days_silent,
        count(*) as contacts
    from predicted
    group by model, days_silent
),

recency as (
    select
        model,
        days_silent,
        (
            sum(contacts) over (partition by model order by days_silent desc)
            - contacts / 2e0
        ) * 100 / sum(contacts) over (partition by model) as recency_percentile
    from silences
),

final as (
    select
        predicted.contact_id,
        predicted.model,
        predicted.as_of_date,
        predicted.probability_alive,
        predicted.expected_orders_30d,
        predicted.expected_orders_90d,
        predicted.expected_orders_365d,
        predicted.expected_engagements_30d,
        predicted.expected_engagements_90d,
        predicted.expected_engagements_365d,
        predicted.expected_value_365d,
        predicted.predicted_inactive_on,
        predicted.expectation_percentile,
        cast(recency.recency_percentile as double) as recency_percentile
    from predicted
    inner join recency
        on predicted.model = recency.model
        and predicted.days_silent = recency.days_silent
)

select * from final
