with events as (

    select * from {{ ref('stg_hubspot__email_events') }}
    -- an obsoleted event was replaced by another line of the export
    where reject_reason is null and obsoleted_by_id is null

),

classified as (

    select
        *,
        case event_type
            when 'sent' then 'sent'
            when 'delivered' then 'delivered'
            when 'deferred' then 'deferred'
            when 'dropped' then 'dropped'
            when 'mta_dropped' then 'dropped'
            when 'suppressed' then 'dropped'
            when 'open' then 'open'
            when 'click' then 'click'
            when 'forward' then 'forward'
            when 'spamreport' then 'complaint'
            when 'bounce' then
                case
                    when bounce_category in ('unknown_user', 'mailbox_misconfiguration')
                        then 'bounce_hard'
                    when
                        bounce_category in (
                            'content', 'spam', 'policy', 'dmarc', 'ip_reputation',
                            'domain_reputation', 'sending_domain_misconfiguration'
                        )
                        then 'bounce_block'
                    when
                        bounce_category in (
                            'throttled', 'mailbox_full', 'greylisting', 'timeout', 'dns_failure',
                            'temporary_problem', 'isp_misconfiguration'
                        )
                        then 'bounce_soft'
                    -- 5.x.x is permanent; with neither category nor status nothing is given up
                    when smtp_status like '5%' then 'bounce_hard'
                    else 'bounce_soft'
                end
            when 'statuschange' then
                case subscription_status
                    when 'unsubscribed' then 'unsubscribe'
                    when 'subscribed' then 'resubscribe'
                end
            -- processed repeats sent, print is no engagement, unbounce is about a suppression
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
        event_type as native_type,
        occurred_at,
        'second' as time_precision,
        1 as event_count,
        -- the bot filter looks at opens and clicks; its word is taken either way
        case when event_type in ('open', 'click') then is_filtered end as is_machine,
        case when event_type in ('open', 'click') and is_filtered then 'filtered' end
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
