with events as (

    {{ hubspot_standing_events() | indent(4) }}

),

classified as (

    select
        *,
        -- processed repeats sent, print is no engagement, unbounce is about a suppression
        case
            when event_type in ('sent', 'delivered', 'deferred', 'open', 'click', 'forward')
                then event_type
            when event_type in ('dropped', 'mta_dropped', 'suppressed') then 'dropped'
            when event_type = 'spamreport' then 'complaint'
            -- whoever left one kind of message is not written to through another tool
            when
                event_type = 'statuschange'
                and (
                    subscription_status = 'unsubscribed'
                    or has_unsubscribed
                    or {{ hubspot_is_odd_status('subscription_status', 'has_unsubscribed') }}
                )
                then 'unsubscribe'
            when event_type = 'unsubscribed' then 'unsubscribe'
            when event_type = 'statuschange' and is_bounced then 'bounce_hard'
            when event_type = 'statuschange' and subscription_status = 'subscribed'
                then 'resubscribe'
            when event_type = 'bounce' then {{ hubspot_bounce('bounce_category', 'smtp_status') }}
        end as canonical_type
    from events

),

final as (

    select
        'hubspot' as source_system,
        source_relation,
        source_file,
        line_number,
        loaded_at,
        line_key,
        event_id as source_event_id,
        cast(null as {{ dbt.type_string() }}) as source_contact_id,
        recipient as email_raw,
        campaign_id as source_campaign_id,
        canonical_type as event_type,
        upper(event_type) as native_type,
        occurred_at,
        'second' as time_precision,
        1 as event_count,
        -- the bot filter looks at opens and clicks; its word is taken either way
        case when event_type in ('open', 'click') then is_filtered_anywhere end as is_machine,
        case when event_type in ('open', 'click') and is_filtered_anywhere then 'filtered' end
            as machine_reason,
        url,
        case
            when event_type != 'click' or url is null then null
            when url like '%/hs/manage-preferences/unsubscribe%' then 'unsubscribe'
            when url like '%/hs/manage-preferences%' then 'preference'
            when url like '%/hs/preferences-center%' then 'preference'
            else 'content'
        end as link_kind,
        user_agent,
        ip,
        case when event_type = 'bounce' then coalesce(bounce_category, smtp_status) end
            as bounce_class
    from classified
    where canonical_type is not null

)

select * from final
