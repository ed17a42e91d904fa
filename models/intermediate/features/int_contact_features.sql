{{ config(materialized='view') }}

with metrics as (
    select * from {{ ref('int_contact_metrics') }}
),

contacts as (
    select * from {{ ref('int_contacts__resolved') }}
),

as_of_dates as (
    select * from {{ ref('int_as_of_dates') }}
),

age_bands as (
    select * from {{ ref('age_bands') }}
),

-- the profile is today's; only the age is that of the date
aged as (
    select
        metrics.*,
        as_of_dates.is_current,
        contacts.first_seen_at,
        contacts.gender,
        contacts.country_code,
        contacts.region,
        contacts.region_group,
        contacts.city,
        contacts.language,
        contacts.timezone,
        contacts.profession,
        contacts.sector,
        contacts.preferences,
        contacts.social_influence_score,
        contacts.source_count,
        contacts.email_tracking_allowed,
        contacts.is_mailable,
        contacts.blocking_cause,
        {%- for field in var('custom_fields') %}
        contacts.{{ field.name }},
        {%- endfor %}
        case
            when contacts.birth_date <= metrics.as_of_date
                then cast(
                    extract(year from metrics.as_of_date) - extract(year from contacts.birth_date)
                    - case
                        when
                            extract(month from metrics.as_of_date) * 100
                            + extract(day from metrics.as_of_date)
                            < extract(month from contacts.birth_date) * 100
                            + extract(day from contacts.birth_date)
                            then 1
                        else 0
                    end as int
                )
        end as age
    from metrics
    inner join as_of_dates on metrics.as_of_date = as_of_dates.as_of_date
    inner join contacts on metrics.contact_id = contacts.contact_id
),

final as (
    select
        aged.contact_id,
        aged.as_of_date,
        aged.is_current,
        aged.first_seen_at,
        cast(aged.days_since_first_seen as int) as days_since_first_seen,
        cast(aged.age as int) as age,
        age_bands.age_band,
        aged.gender,
        aged.country_code,
        aged.region,
        aged.region_group,
        aged.city,
        aged.language,
        aged.timezone,
        aged.profession,
        aged.sector,
        aged.preferences,
        aged.social_influence_score,
        cast(aged.source_count as int) as source_count,
        aged.email_tracking_allowed,
        aged.is_mailable,
        aged.blocking_cause,
        aged.preferred_device,
        cast(aged.preferred_hour as int) as preferred_hour,
        aged.preferred_channel,
        aged.favourite_category,
        cast(aged.days_since_last_open as int) as days_since_last_open,
        cast(aged.days_since_last_click as int) as days_since_last_click,
        cast(aged.days_since_last_session as int) as days_since_last_session,
        cast(aged.days_since_last_order as int) as days_since_last_order,
        cast(aged.days_since_last_engagement as int) as days_since_last_engagement,
        cast(aged.days_since_last_send as int) as days_since_last_send,
        aged.sends_30d,
        aged.sends_90d,
        aged.sends_180d,
        aged.sends_365d,
        aged.deliveries_30d,
        aged.deliveries_90d,
        aged.deliveries_180d,
        aged.deliveries_365d,
        aged.bounces_30d,
        aged.bounces_90d,
        aged.bounces_180d,
        aged.bounces_365d,
        aged.human_opens_30d,
        aged.human_opens_90d,
        aged.human_opens_180d,
        aged.human_opens_365d,
        aged.raw_human_opens_30d,
        aged.raw_human_opens_90d,
        aged.raw_human_opens_180d,
        aged.raw_human_opens_365d,
        aged.unknown_opens_30d,
        aged.unknown_opens_90d,
        aged.unknown_opens_180d,
        aged.unknown_opens_365d,
        aged.machine_opens_30d,
        aged.machine_opens_90d,
        aged.machine_opens_180d,
        aged.machine_opens_365d,
        aged.human_clicks_30d,
        aged.human_clicks_90d,
        aged.human_clicks_180d,
        aged.human_clicks_365d,
        aged.machine_clicks_30d,
        aged.machine_clicks_90d,
        aged.machine_clicks_180d,
        aged.machine_clicks_365d,
        aged.sessions_30d,
        aged.sessions_90d,
        aged.sessions_180d,
        aged.sessions_365d,
        aged.session_seconds_30d,
        aged.session_seconds_90d,
        aged.session_seconds_180d,
        aged.session_seconds_365d,
        aged.page_views_30d,
        aged.page_views_90d,
        aged.page_views_180d,
        aged.page_views_365d,
        aged.cart_abandonments_30d,
        aged.cart_abandonments_90d,
        aged.cart_abandonments_180d,
        aged.cart_abandonments_365d,
        aged.orders_30d,
        aged.orders_90d,
        aged.orders_180d,
        aged.orders_365d,
        aged.revenue_30d,
        aged.revenue_90d,
        aged.revenue_180d,
        aged.revenue_365d,
        aged.cart_abandoned_30d,
        aged.sends_lifetime,
        aged.orders_lifetime,
        aged.revenue_lifetime,
        aged.average_order_value,
        aged.first_order_at,
        aged.last_order_at,
        cast(aged.tenure_days as int) as tenure_days,
        aged.engagement_days_lifetime,
        aged.median_days_between_engagements,
        aged.median_days_between_orders,
        aged.sends_since_last_engagement,
        aged.engagement_points,
        aged.engagement_score,
        aged.open_frequency_component,
        aged.clicks_component,
        aged.session_duration_component,
        cast(aged.rfm_recency as int) as rfm_recency,
        cast(aged.rfm_frequency as int) as rfm_frequency,
        cast(aged.rfm_monetary as int) as rfm_monetary,
        cast(aged.rfm_score as int) as rfm_score,
        aged.rfm_segment,
        aged.engagement_level,
        aged.inactivity_policy,
        aged.is_inactive,
        aged.inactive_since,
        cast(aged.days_inactive as int) as days_inactive,
        aged.deciding_signal,
        {%- for field in var('custom_fields') %}
        aged.{{ field.name }},
        {%- endfor %}
        aged.is_past_legal_max
    from aged
    left join age_bands
        on
            aged.age >= age_bands.min_age
            and aged.age <= coalesce(age_bands.max_age, 999)
)

select * from final
