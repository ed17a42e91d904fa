{{ after_gate('gate_intermediate') }}
with contacts as (
    select * from {{ ref('int_contacts__resolved') }}
),

features as (
    select * from {{ ref('int_contact_features') }}
    where is_current
),

history as (
    select * from {{ ref('segment_membership_history') }}
),

definitions as (
    select * from {{ ref('segment_definitions') }}
),

dates as (
    select * from {{ ref('int_as_of_dates') }}
),

places as (
    select
        history.contact_id,
        max(case when definitions.level = 1 then history.segment end) as segment_level_1,
        max(case when definitions.level = 2 then history.segment end) as segment_level_2,
        max(case when definitions.level = 3 then history.segment end) as segment_level_3
    from history
    inner join dates on history.as_of_date = dates.as_of_date
    inner join definitions on history.segment = definitions.segment
    where dates.is_current and definitions.is_in_path
    group by history.contact_id
),

final as (
    select
        contacts.contact_id,
        contacts.email,
        contacts.email_sha256,
        contacts.email_md5,
        contacts.first_name,
        contacts.last_name,
        contacts.birth_date,
        cast(contacts.age as integer) as age,
        contacts.age_band,
        contacts.gender,
        contacts.city,
        contacts.region,
        contacts.country_code,
        contacts.region_group,
        contacts.language,
        contacts.timezone,
        contacts.profession,
        contacts.sector,
        contacts.first_seen_at,
        cast(contacts.source_count as integer) as source_count,
        contacts.email_tracking_allowed,
        contacts.is_mailable,
        contacts.blocking_cause,
        features.as_of_date,
        cast(features.engagement_points as double) as engagement_points,
        cast(features.engagement_score as double) as engagement_score,
        features.engagement_level,
        features.rfm_segment,
        features.inactivity_policy,
        features.is_inactive,
        features.inactive_since,
        cast(features.days_inactive as integer) as days_inactive,
        cast(features.days_since_last_engagement as integer) as days_since_last_engagement,
        cast(features.orders_lifetime as bigint) as orders_lifetime,
        cast(features.revenue_lifetime as decimal(18, 4)) as revenue_lifetime,
        cast(features.revenue_365d as decimal(18, 4)) as revenue_365d,
        places.segment_level_1,
        places.segment_level_2,
        places.segment_level_3,
        places.segment_level_1
        || coalesce('/' || places.segment_level_2, '')
        || coalesce('/' || places.segment_level_3, '') as segment_path
    from contacts
    left join features on contacts.contact_id = features.contact_id
    left join places on contacts.contact_id = places.contact_id
)

select * from final
