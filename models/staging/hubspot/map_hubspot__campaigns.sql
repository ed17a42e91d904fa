-- there is no campaign export: a campaign is what its events say of it
with events as (

    {{ hubspot_standing_events(where='events.campaign_id is not null') | indent(4) }}

),

campaigns as (

    select
        source_relation,
        campaign_id,
        max(campaign_name) as name,
        min(case when event_type = 'sent' then occurred_at end) as sent_at,
        max(source_file) as source_file,
        max(loaded_at) as loaded_at
    from events
    group by source_relation, campaign_id

),

final as (

    {{ canonical_select(
        'campaigns', 'campaigns', 'hubspot',
        given={
            'line_key': line_key(
                'hubspot.campaign', ['campaign_id'], account='source_relation'
            ),
            'source_campaign_id': 'campaign_id',
        },
        missing=['line_number', 'subject', 'campaign_type', 'reactivation_step', 'source_list_id'],
    ) }}

)

select * from final
