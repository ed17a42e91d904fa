-- How the last ten campaigns did: one row per campaign. Opens and clicks are those of humans; rates are of
-- the messages sent.
with campaigns as (
    select
        source_system,
        source_relation,
        campaign_id,
        min(occurred_at) filter (where event_type = 'sent') as first_sent_at,
        sum(event_count) filter (where event_type = 'sent') as sent,
        count(distinct contact_id) filter (where event_type = 'open' and is_engagement) as openers,
        count(distinct contact_id) filter (where event_type = 'click' and is_engagement) as clickers,
        count(distinct contact_id) filter (where event_type = 'unsubscribe') as unsubscribed,
        count(distinct contact_id) filter (where event_type = 'complaint') as complained,
        count(distinct contact_id) filter (where event_type = 'bounce_hard') as bounced
    from {{ ref('fct_email_events') }}
    where campaign_id is not null
    group by source_system, source_relation, campaign_id
)

select
    campaigns.source_relation,
    coalesce(names.name, campaigns.campaign_id) as campaign,
    campaigns.first_sent_at,
    campaigns.sent,
    round(100.0 * campaigns.openers / campaigns.sent, 1) as open_rate,
    round(100.0 * campaigns.clickers / campaigns.sent, 1) as click_rate,
    round(100.0 * campaigns.unsubscribed / campaigns.sent, 2) as unsubscribe_rate,
    round(100.0 * campaigns.complained / campaigns.sent, 3) as complaint_rate,
    round(100.0 * campaigns.bounced / campaigns.sent, 2) as hard_bounce_rate
from campaigns
left join {{ ref('int_campaigns__unified') }} as names on campaigns.campaign_id = names.campaign_id
where campaigns.sent > 0
order by campaigns.first_sent_at desc
limit 10
