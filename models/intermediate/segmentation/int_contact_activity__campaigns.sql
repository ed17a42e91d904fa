-- Written by `winback segments compile` from segments/: edit the rules, not this file.
select
    activity.contact_id,
    activity.activity_date,
    campaigns.campaign_type,
    activity.kind,
    activity.quantity
from {{ ref('int_contact_activity__stream') }} as activity
inner join {{ ref('int_campaigns__unified') }} as campaigns
    on activity.campaign_id = campaigns.campaign_id
where
    false
