{{ config(
    materialized='sliced',
    slices_from=['int_inactivity_verdicts', 'int_contact_rfm', 'int_contact_habits']
) }}

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
with states as (
    select * from {{ ref('int_contact_states') }}
    where as_of_date = {{ slice_date() }}
),

verdicts as (
    select * from {{ ref('int_inactivity_verdicts') }}
    where as_of_date = {{ slice_date() }} and is_current_policy
),

rfm as (
    select * from {{ ref('int_contact_rfm') }}
    where as_of_date = {{ slice_date() }}
),

habits as (
    select * from {{ ref('int_contact_habits') }}
    where as_of_date = {{ slice_date() }}
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

joined as (
    select
        states.*,
        {%- for measure in measures %}
        {%- for window in windows %}
        sums.{{ measure }}_{{ window }}d,
        {%- endfor %}
        {%- endfor %}
        sums.component_opens,
        sums.component_clicks,
        sums.component_sessions,
        sums.component_seconds,
        sums.decayed_opens,
        sums.decayed_clicks,
        sums.decayed_sessions,
        sums.decayed_orders,
        habits.preferred_device,
        habits.preferred_hour,
        habits.preferred_channel,
        habits.favourite_category,
        rfm.orders_lifetime,
        rfm.revenue_lifetime,
        rfm.average_order_value,
        rfm.first_order_at,
        rfm.last_order_at,
        rfm.tenure_days,
        rfm.rfm_recency,
        rfm.rfm_frequency,
        rfm.rfm_monetary,
        rfm.rfm_score,
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
    left join habits on states.contact_id = habits.contact_id
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
        scored.preferred_device,
        scored.preferred_hour,
        scored.preferred_channel,
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
        scored.average_order_value,
        scored.first_order_at,
        scored.last_order_at,
        scored.tenure_days,
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
        scored.rfm_score,
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
