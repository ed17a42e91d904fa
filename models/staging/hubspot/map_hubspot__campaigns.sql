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

    select
        'hubspot' as source_system,
        source_relation,
        source_file,
        cast(null as bigint) as line_number,
        loaded_at,
        {{ line_key(
            'hubspot.campaign', ['campaign_id'], account='source_relation'
        ) }} as line_key,
        campaign_id as source_campaign_id,
        name,
        cast(null as {{ dbt.type_string() }}) as subject,
        cast(null as {{ dbt.type_string() }}) as campaign_type,
        cast(null as {{ dbt.type_string() }}) as reactivation_step,
        sent_at,
        cast(null as {{ dbt.type_string() }}) as source_list_id
    from campaigns

)

select * from final
