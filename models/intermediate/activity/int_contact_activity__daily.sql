{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='fail',
    pre_hook='{{ forget_changed_days() }}',
) }}

with activity as {{ inline_cte() }} (
    select * from {{ ref('int_contact_activity__stream') }}
),

days as (
    select * from {{ ref('int_activity_days') }}
    {% if is_incremental() -%}
    where activity_date not in (select kept.activity_date from {{ this }} as kept)
    {%- endif %}
),

{% if is_incremental() -%}
missing as {{ inline_cte() }} (
    select activity.*
    from activity
    inner join days on activity.activity_date = days.activity_date
),
{%- else -%}
missing as {{ inline_cte() }} (
    select * from activity
),
{%- endif %}

facts as (
    select
        contact_id,
        activity_date,
        sum(case when kind = 'send' then quantity else 0 end) as sends,
        sum(case when kind = 'delivery' then quantity else 0 end) as deliveries,
        sum(case when kind = 'human_open' then quantity else 0 end) as human_opens,
        sum(case when kind = 'unknown_open' then quantity else 0 end) as unknown_opens,
        sum(case when kind = 'machine_open' then quantity else 0 end) as machine_opens,
        sum(case when kind = 'human_click' then quantity else 0 end) as human_clicks,
        sum(case when kind = 'bot_click' then quantity else 0 end) as machine_clicks,
        sum(case when kind = 'leave_click' then quantity else 0 end) as leave_clicks,
        sum(case when kind = 'bounce_hard' then quantity else 0 end) as bounces_hard,
        sum(case when kind = 'bounce_soft' then quantity else 0 end) as bounces_soft,
        sum(case when kind = 'unsubscribe' then quantity else 0 end) as unsubscribes,
        sum(case when kind = 'complaint' then quantity else 0 end) as complaints,
        sum(case when kind = 'session' then quantity else 0 end) as sessions,
        sum(case when kind = 'cart' then quantity else 0 end) as cart_abandonments,
        sum(case when kind = 'order' then quantity else 0 end) as orders,
        sum(coalesce(seconds, 0)) as session_seconds,
        sum(coalesce(page_views, 0)) as page_views,
        sum(case when kind = 'order' then amount end) as revenue,
        sum(case when device = 'mobile' then 1 else 0 end) as mobile_uses,
        sum(case when device = 'desktop' then 1 else 0 end) as desktop_uses,
        sum(case when device = 'tablet' then 1 else 0 end) as tablet_uses,
        max(case when kind = 'send' then occurred_at end) as last_send_at,
        max(case when kind = 'human_open' then occurred_at end) as last_human_open_at,
        max(case when kind = 'unknown_open' then occurred_at end) as last_unknown_open_at,
        max(case when kind = 'human_click' then occurred_at end) as last_human_click_at,
        max(case when kind = 'session' then occurred_at end) as last_session_at,
        min(case when kind = 'order' then occurred_at end) as first_order_at,
        max(case when kind = 'order' then occurred_at end) as last_order_at,
        min(
            case
                when kind in ('human_open', 'human_click', 'session', 'order') then occurred_at
            end
        ) as first_engagement_at,
        min(occurred_at) as first_activity_at
    from missing
    group by contact_id, activity_date
),

categories as (
    select
        contact_id,
        activity_date,
        category,
        row_number() over (
            partition by contact_id, activity_date
            order by sum(amount) desc, category
        ) as category_rank
    from missing
    where kind = 'item'
    group by contact_id, activity_date, category
),

final as (
    select
        facts.contact_id,
        facts.activity_date,
        cast(facts.sends as bigint) as sends,
        cast(facts.deliveries as bigint) as deliveries,
        cast(facts.human_opens as bigint) as human_opens,
        cast(facts.unknown_opens as bigint) as unknown_opens,
        cast(facts.machine_opens as bigint) as machine_opens,
        cast(facts.human_clicks as bigint) as human_clicks,
        cast(facts.machine_clicks as bigint) as machine_clicks,
        cast(facts.leave_clicks as bigint) as leave_clicks,
        cast(facts.bounces_hard as bigint) as bounces_hard,
        cast(facts.bounces_soft as bigint) as bounces_soft,
        cast(facts.unsubscribes as bigint) as unsubscribes,
        cast(facts.complaints as bigint) as complaints,
        cast(facts.sessions as bigint) as sessions,
        facts.session_seconds,
        cast(facts.page_views as bigint) as page_views,
        cast(facts.cart_abandonments as bigint) as cart_abandonments,
        cast(facts.orders as bigint) as orders,
        cast(coalesce(facts.revenue, 0) as decimal(18, 4)) as revenue,
        facts.last_send_at,
        facts.last_human_open_at,
        facts.last_unknown_open_at,
        facts.last_human_click_at,
        facts.last_session_at,
        facts.first_order_at,
        facts.last_order_at,
        facts.first_activity_at,
        cast(
            extract(hour from {{ local_time('facts.first_engagement_at') }}) as int
        ) as first_engagement_hour,
        case
            when facts.mobile_uses + facts.desktop_uses + facts.tablet_uses = 0 then null
            when
                facts.mobile_uses >= facts.desktop_uses
                and facts.mobile_uses >= facts.tablet_uses
                then 'mobile'
            when facts.desktop_uses >= facts.tablet_uses then 'desktop'
            else 'tablet'
        end as device,
        categories.category as favourite_category,
        days.day_fingerprint
    from facts
    inner join days on facts.activity_date = days.activity_date
    left join categories
        on
            facts.contact_id = categories.contact_id
            and facts.activity_date = categories.activity_date
            and categories.category_rank = 1
)

select * from final
order by contact_id, activity_date
