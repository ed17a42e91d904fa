{{ config(materialized='sliced', slices_from='int_inactivity_verdicts') }}

{%- set windows = [30, 90, 180, 365] %}
{%- set reach = [365, var('score_window_days') | int] | max %}
{#- measure: what it is called in the features, and the null rule of its signal -#}
{%- set measures = {
    'sends': 'is_send_collected',
    'deliveries': 'is_click_collected',
    'bounces': 'is_click_collected',
    'human_opens': 'is_open_collected',
    'raw_human_opens': 'is_open_collected',
    'unknown_opens': 'is_open_collected',
    'machine_opens': 'is_open_collected',
    'human_clicks': 'is_click_collected',
    'machine_clicks': 'is_click_collected',
    'sessions': 'is_session_collected',
    'session_seconds': 'is_session_collected',
    'page_views': 'is_session_collected',
    'cart_abandonments': 'is_session_collected',
    'orders': 'is_order_collected',
    'revenue': 'is_order_collected',
} %}
{%- set types = {
    'human_opens': 'double', 'session_seconds': 'double', 'revenue': 'decimal(18, 4)',
} %}
-- the days are read four times, a few columns each: one import CTE for all would fill the memory
with lifetime_orders as (
    select
        contact_id,
        sum(orders) as orders_lifetime,
        cast(sum(revenue) as decimal(18, 4)) as revenue_lifetime,
        min(case when orders > 0 then first_order_at end) as first_order_at,
        max(last_order_at) as last_order_at
    from {{ ref('int_contact_activity__daily') }}
    where
        activity_date <= {{ slice_date() }}
        and (orders > 0 or revenue <> 0)
    group by contact_id
),

states as (
    select * from {{ ref('int_contact_states') }}
    where as_of_date = {{ slice_date() }}
),

verdicts as (
    select * from {{ ref('int_inactivity_verdicts') }}
    where as_of_date = {{ slice_date() }} and is_current_policy
),

signal_weights as (
    select * from {{ ref('signal_weights') }}
),

score_points as (
    select * from {{ ref('score_points') }}
),

score_components as (
    select * from {{ ref('score_components') }}
),

engagement_levels as (
    select * from {{ ref('engagement_levels') }}
),

rfm_segments as (
    select * from {{ ref('rfm_segments') }}
),

-- the policy rows laid side by side: one row of constants
weights as (
    select
        {%- for signal in ['open', 'click'] %}
        {%- for quality in ['human', 'unknown', 'machine'] %}
        coalesce(max(
            case
                when signal = '{{ signal }}' and quality = '{{ quality }}' then weight
            end
        ), 0) as {{ quality }}_{{ signal }}_weight{{ "," if not (loop.last and signal == 'click') }}
        {%- endfor %}
        {%- endfor %}
    from signal_weights
),

points as (
    select
        {%- for signal in ['open', 'click', 'session', 'order'] %}
        coalesce(max(case when signal = '{{ signal }}' then points end), 0)
            as {{ signal }}_points,
        -- no half-life: a factor of 1 whatever the age
        coalesce(max(
            case when signal = '{{ signal }}' then -ln(2) / half_life_days end
        ), 0) as {{ signal }}_decay{{ "," if not loop.last }}
        {%- endfor %}
    from score_points
),

components as (
    select
        {%- for component in ['open_frequency', 'clicks', 'session_duration'] %}
        max(case when component = '{{ component }}' then weight end) as {{ component }}_weight,
        max(case when component = '{{ component }}' then cap end) as {{ component }}_cap,
        cast(max(case when component = '{{ component }}' then window_days end) as int)
            as {{ component }}_days{{ "," if not loop.last }}
        {%- endfor %}
    from score_components
),

-- factors instead of conditions: a sum of products is half the work of a sum of cases
days as (
    select
        activity.contact_id,
        {%- for window in windows %}
        cast(
            activity.activity_date > {{ days_after(slice_date(), -window) }} as double
        ) as in_{{ window }}d,
        {%- endfor %}
        cast(
            activity.activity_date
            > {{ days_after(slice_date(), '-components.open_frequency_days') }} as double
        ) as in_open_frequency,
        cast(
            activity.activity_date
            > {{ days_after(slice_date(), '-components.clicks_days') }} as double
        ) as in_clicks,
        cast(
            activity.activity_date
            > {{ days_after(slice_date(), '-components.session_duration_days') }} as double
        ) as in_session_duration,
        cast(
            activity.activity_date
            > {{ days_after(slice_date(), -(var('score_window_days') | int)) }} as double
        ) as in_score,
        cast(activity.sends as double) as sends,
        cast(activity.deliveries as double) as deliveries,
        cast(activity.bounces_hard + activity.bounces_soft as double) as bounces,
        activity.human_opens + activity.unknown_opens * weights.unknown_open_weight as human_opens,
        cast(activity.human_opens as double) as raw_human_opens,
        cast(activity.unknown_opens as double) as unknown_opens,
        cast(activity.machine_opens as double) as machine_opens,
        cast(activity.human_clicks as double) as human_clicks,
        cast(activity.machine_clicks as double) as machine_clicks,
        cast(activity.sessions as double) as sessions,
        cast(activity.session_seconds as double) as session_seconds,
        cast(activity.page_views as double) as page_views,
        cast(activity.cart_abandonments as double) as cart_abandonments,
        cast(activity.orders as double) as orders,
        cast(activity.revenue as double) as revenue,
        cast(activity.human_opens + activity.human_clicks > 0 as double) as is_email_day,
        cast(activity.sessions > 0 as double) as is_web_day,
        cast(activity.orders > 0 as double) as is_shop_day,
        cast(coalesce(activity.device, '') = 'mobile' as double) as is_mobile_day,
        cast(coalesce(activity.device, '') = 'desktop' as double) as is_desktop_day,
        cast(coalesce(activity.device, '') = 'tablet' as double) as is_tablet_day,
        case
            when activity.human_opens + activity.unknown_opens + activity.machine_opens > 0
                then (
                    activity.human_opens * weights.human_open_weight
                    + activity.unknown_opens * weights.unknown_open_weight
                    + activity.machine_opens * weights.machine_open_weight
                ) * exp(
                    points.open_decay * {{ days_between('activity.activity_date', slice_date()) }}
                )
            else 0
        end as decayed_opens,
        case
            when activity.human_clicks + activity.machine_clicks > 0
                then (
                    activity.human_clicks * weights.human_click_weight
                    + activity.machine_clicks * weights.machine_click_weight
                ) * exp(
                    points.click_decay * {{ days_between('activity.activity_date', slice_date()) }}
                )
            else 0
        end as decayed_clicks,
        case
            when activity.sessions > 0
                then activity.sessions * exp(
                    points.session_decay
                    * {{ days_between('activity.activity_date', slice_date()) }}
                )
            else 0
        end as decayed_sessions,
        case
            when activity.orders > 0
                then activity.orders * exp(
                    points.order_decay * {{ days_between('activity.activity_date', slice_date()) }}
                )
            else 0
        end as decayed_orders
    from {{ ref('int_contact_activity__daily') }} as activity
    cross join weights
    cross join points
    cross join components
    where
        activity.activity_date <= {{ slice_date() }}
        and activity.activity_date > {{ days_after(slice_date(), -reach) }}
),

sums as (
    select
        contact_id,
        {%- for measure in measures %}
        {%- for window in windows %}
        sum({{ measure }} * in_{{ window }}d) as {{ measure }}_{{ window }}d,
        {%- endfor %}
        {%- endfor %}
        sum(is_email_day * in_365d) as email_days,
        sum(is_web_day * in_365d) as web_days,
        sum(is_shop_day * in_365d) as shop_days,
        sum(is_mobile_day * in_365d) as mobile_days,
        sum(is_desktop_day * in_365d) as desktop_days,
        sum(is_tablet_day * in_365d) as tablet_days,
        sum(human_opens * in_open_frequency) as component_opens,
        sum(human_clicks * in_clicks) as component_clicks,
        sum(sessions * in_session_duration) as component_sessions,
        sum(session_seconds * in_session_duration) as component_seconds,
        sum(decayed_opens * in_score) as decayed_opens,
        sum(decayed_clicks * in_score) as decayed_clicks,
        sum(decayed_sessions * in_score) as decayed_sessions,
        sum(decayed_orders * in_score) as decayed_orders
    from days
    group by contact_id
),

-- days, then the latest day, then the hour, in the digits of one number: its maximum is the mode
hours as (
    select
        contact_id,
        first_engagement_hour,
        count(*) * 10000000
        + max({{ days_between("date '2000-01-01'", 'activity_date') }}) * 100
        + first_engagement_hour as ranking
    from {{ ref('int_contact_activity__daily') }}
    where
        first_engagement_hour is not null
        and activity_date <= {{ slice_date() }}
        and activity_date > {{ days_after(slice_date(), -365) }}
    group by contact_id, first_engagement_hour
),

preferred_hours as (
    select
        contact_id,
        cast(max(ranking) % 100 as int) as preferred_hour
    from hours
    group by contact_id
),

categories as (
    select
        contact_id,
        favourite_category,
        count(*) * 100000 + max({{ days_between("date '2000-01-01'", 'activity_date') }})
            as ranking
    from {{ ref('int_contact_activity__daily') }}
    where
        favourite_category is not null
        and activity_date <= {{ slice_date() }}
        and activity_date > {{ days_after(slice_date(), -365) }}
    group by contact_id, favourite_category
),

favourite_categories as (
    select
        contact_id,
        {{ value_at_max('favourite_category', 'ranking') }} as favourite_category
    from categories
    group by contact_id
),

-- quantile scores: the 20, 40, 60 and 80 % quantiles plus 1, lower bound inclusive; the population
-- is every contact with a counted order by then (the rule of the R package rfm)
buyers as (
    select
        states.contact_id,
        {{ days_between('states.last_order_date', slice_date()) }} as recency,
        lifetime_orders.orders_lifetime as frequency,
        lifetime_orders.revenue_lifetime as monetary
    from states
    inner join lifetime_orders on states.contact_id = lifetime_orders.contact_id
    where lifetime_orders.orders_lifetime > 0
),

cuts as (
    select
        {{ quintile_cuts('cast(recency as double)') }} as recency,
        {{ quintile_cuts('cast(frequency as double)') }} as frequency,
        {{ quintile_cuts('cast(monetary as double)') }} as monetary
    from buyers
),

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

quintiles as (
    select
        buyers.contact_id,
        {%- for value in ['recency', 'frequency', 'monetary'] %}
        case
            {%- for quintile in [1, 2, 3, 4] %}
            when buyers.{{ value }} < cut_points.{{ value }}_{{ quintile }}
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

rfm as (
    select
        quintiles.contact_id,
        quintiles.rfm_recency,
        quintiles.rfm_frequency,
        quintiles.rfm_monetary,
        coalesce(names.rfm_segment, 'Others') as rfm_segment
    from quintiles
    left join names
        on
            quintiles.rfm_recency = names.rfm_recency
            and quintiles.rfm_frequency = names.rfm_frequency
            and quintiles.rfm_monetary = names.rfm_monetary
),

joined as (
    select
        states.*,
        {%- for measure in measures %}
        {%- for window in windows %}
        sums.{{ measure }}_{{ window }}d,
        {%- endfor %}
        {%- endfor %}
        sums.email_days,
        sums.web_days,
        sums.shop_days,
        sums.mobile_days,
        sums.desktop_days,
        sums.tablet_days,
        sums.component_opens,
        sums.component_clicks,
        sums.component_sessions,
        sums.component_seconds,
        sums.decayed_opens,
        sums.decayed_clicks,
        sums.decayed_sessions,
        sums.decayed_orders,
        lifetime_orders.orders_lifetime,
        lifetime_orders.revenue_lifetime,
        lifetime_orders.first_order_at,
        lifetime_orders.last_order_at,
        preferred_hours.preferred_hour,
        favourite_categories.favourite_category,
        rfm.rfm_recency,
        rfm.rfm_frequency,
        rfm.rfm_monetary,
        rfm.rfm_segment,
        components.*,
        points.*,
        verdicts.policy as inactivity_policy,
        verdicts.is_inactive,
        verdicts.inactive_since,
        verdicts.days_inactive,
        verdicts.deciding_signal,
        verdicts.is_past_legal_max
    from states
    cross join components
    cross join points
    left join lifetime_orders on states.contact_id = lifetime_orders.contact_id
    left join preferred_hours on states.contact_id = preferred_hours.contact_id
    left join favourite_categories on states.contact_id = favourite_categories.contact_id
    left join rfm on states.contact_id = rfm.contact_id
    left join verdicts on states.contact_id = verdicts.contact_id
    -- last, so that its many columns go through one join only
    left join sums on states.contact_id = sums.contact_id
),

-- rounded: the last digits of a floating sum depend on the order of its terms
components_scored as (
    select
        *,
        case
            when is_open_collected
                then round(least(
                    100.0 * coalesce(component_opens, 0) * 30
                    / open_frequency_days / open_frequency_cap, 100
                ), 4)
        end as open_frequency_component,
        case
            when is_click_collected
                then round(least(
                    100.0 * coalesce(component_clicks, 0) * 30 / clicks_days / clicks_cap, 100
                ), 4)
        end as clicks_component,
        case
            when not is_session_collected then null
            when coalesce(component_sessions, 0) = 0 then 0
            else round(least(
                100.0 * component_seconds / component_sessions / session_duration_cap, 100
            ), 4)
        end as session_duration_component,
        -- points of signals that are not collected are not there; none at all leaves null
        case
            when
                (is_open_collected and open_points > 0)
                or (is_click_collected and click_points > 0)
                or (is_session_collected and session_points > 0)
                or (is_order_collected and order_points > 0)
                then round(
                    case when is_open_collected then open_points else 0 end
                    * coalesce(decayed_opens, 0)
                    + click_points * coalesce(decayed_clicks, 0)
                    + session_points * coalesce(decayed_sessions, 0)
                    + order_points * coalesce(decayed_orders, 0), 4
                )
        end as engagement_points
    from joined
),

weighed as (
    select
        *,
        {%- for component in ['open_frequency', 'clicks', 'session_duration'] %}
        case when {{ component }}_component is null then 0 else {{ component }}_weight end
        {{- " +" if not loop.last else " as weight_present," }}
        {%- endfor %}
        {%- for component in ['open_frequency', 'clicks', 'session_duration'] %}
        coalesce({{ component }}_component * {{ component }}_weight, 0)
        {{- " +" if not loop.last else " as weighted_sum" }}
        {%- endfor %}
    from components_scored
),

scored as (
    select
        *,
        case when weight_present > 0 then round(weighted_sum / weight_present, 4) end
            as engagement_score
    from weighed
),

bands as (
    select
        engagement_level,
        min_score,
        lead(min_score) over (order by min_score) as next_min_score
    from engagement_levels
    where min_score is not null
),

never as (
    select engagement_level
    from engagement_levels
    where min_score is null
),

final as (
    select
        scored.contact_id,
        scored.as_of_date,
        scored.known_since,
        {{ days_between('scored.known_since', slice_date()) }} as days_since_first_seen,
        case
            when coalesce(scored.mobile_days + scored.desktop_days + scored.tablet_days, 0) = 0
                then null
            when
                scored.mobile_days >= scored.desktop_days
                and scored.mobile_days >= scored.tablet_days
                then 'mobile'
            when scored.desktop_days >= scored.tablet_days then 'desktop'
            else 'tablet'
        end as preferred_device,
        scored.preferred_hour,
        case
            when coalesce(scored.email_days + scored.web_days + scored.shop_days, 0) = 0 then null
            when
                scored.email_days >= scored.web_days
                and scored.email_days >= scored.shop_days
                then 'email'
            when scored.web_days >= scored.shop_days then 'web'
            else 'shop'
        end as preferred_channel,
        scored.favourite_category,
        {%- for signal in ['open', 'click', 'session', 'order', 'engagement', 'send'] %}
        {{ days_between('scored.last_' ~ signal ~ '_date', slice_date()) }}
            as days_since_last_{{ signal }},
        {%- endfor %}
        {%- for measure, collected in measures.items() %}
        {%- for window in windows %}
        case
            when scored.{{ collected }}
                {%- if measure in types %}
                then cast(
                    round(coalesce(scored.{{ measure }}_{{ window }}d, 0), 4)
                    as {{ types[measure] }}
                )
                {%- else %}
                then cast(coalesce(scored.{{ measure }}_{{ window }}d, 0) as bigint)
                {%- endif %}
        end as {{ measure }}_{{ window }}d,
        {%- endfor %}
        {%- endfor %}
        case
            when scored.is_session_collected then coalesce(scored.cart_abandonments_30d, 0) > 0
        end as cart_abandoned_30d,
        case
            when scored.is_send_collected then cast(scored.sends_lifetime as bigint)
        end as sends_lifetime,
        case
            when scored.is_order_collected
                then cast(coalesce(scored.orders_lifetime, 0) as bigint)
        end as orders_lifetime,
        case
            when scored.is_order_collected
                then cast(coalesce(scored.revenue_lifetime, 0) as decimal(18, 4))
        end as revenue_lifetime,
        case
            when scored.orders_lifetime > 0
                then round(
                    cast(scored.revenue_lifetime as double) / scored.orders_lifetime, 4
                )
        end as average_order_value,
        scored.first_order_at,
        scored.last_order_at,
        {{ days_between(local_date('scored.first_order_at'), slice_date()) }} as tenure_days,
        cast(scored.engagement_days_lifetime as bigint) as engagement_days_lifetime,
        scored.median_days_between_engagements,
        scored.median_days_between_orders,
        case
            when scored.is_send_collected
                then cast(scored.sends_since_last_engagement as bigint)
        end as sends_since_last_engagement,
        scored.engagement_points,
        scored.engagement_score,
        scored.open_frequency_component,
        scored.clicks_component,
        scored.session_duration_component,
        scored.rfm_recency,
        scored.rfm_frequency,
        scored.rfm_monetary,
        scored.rfm_recency * 100 + scored.rfm_frequency * 10 + scored.rfm_monetary as rfm_score,
        scored.rfm_segment,
        case
            when scored.last_engagement_date is null then never.engagement_level
            else bands.engagement_level
        end as engagement_level,
        scored.inactivity_policy,
        scored.is_inactive,
        scored.inactive_since,
        scored.days_inactive,
        scored.deciding_signal,
        scored.is_past_legal_max
    from scored
    cross join never
    left join bands
        on
            scored.engagement_score >= bands.min_score
            and (scored.engagement_score < bands.next_min_score or bands.next_min_score is null)
)

select * from final
