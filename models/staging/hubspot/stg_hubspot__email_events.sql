{{ incremental_by_file('hubspot', 'email_events') }}

with events as (

    select * from {{ source('hubspot', 'email_events') }}
    {{ only_new_files() }}

),

typed as (

    select
        {{ clean_id('event_id') }} as event_id,
        coalesce(
            {{ parse_timestamp('created', 'epoch_millis') }},
            -- Fivetran types the time and writes it as ISO
            {{ parse_timestamp('created') }}
        ) as occurred_at,
        {{ parse_choice('type', {
            'sent': 'sent',
            'processed': 'processed',
            'delivered': 'delivered',
            'deferred': 'deferred',
            'dropped': 'dropped',
            'mta_dropped': 'mta_dropped',
            'bounce': 'bounce',
            'open': 'open',
            'click': 'click',
            'print': 'print',
            'forward': 'forward',
            'statuschange': 'statuschange',
            'status_change': 'statuschange',
            'spamreport': 'spamreport',
            'spam_report': 'spamreport',
            'unsubscribe': 'unsubscribed',
            'unsubscribed': 'unsubscribed',
            'unbounce': 'unbounce',
            'suppressed': 'suppressed',
        }) }} as event_type,
        {{ clean_value('recipient') }} as recipient,
        {{ clean_text('email_campaign_id') }} as campaign_id,
        {{ clean_text('email_campaign_name') }} as campaign_name,
        {{ hubspot_reference('sent_by_id') }} as sent_by_id,
        -- no event replaces itself
        nullif({{ hubspot_reference('obsoleted_by_id') }}, {{ clean_id('event_id') }})
            as obsoleted_by_id,
        {{ parse_boolean('filtered_event') }} as is_filtered,
        {{ clean_text('url') }} as url,
        {{ clean_text('user_agent') }} as user_agent,
        {{ clean_text('ip_address') }} as ip,
        lower({{ clean_text('category') }}) as bounce_category,
        {{ clean_text('status') }} as smtp_status,
        lower({{ clean_text('drop_reason') }}) as drop_reason,
        lower({{ clean_text('portal_subscription_status') }}) as subscription_status,
        {{ hubspot_has_unsubscribed('subscriptions') }} as has_unsubscribed,
        -- true, or a word that is neither yes nor no
        coalesce(
            {{ hubspot_boolean('bounced') }},
            case when {{ clean_value('bounced') }} is not null then true end
        ) as is_bounced,
        subscriptions as subscriptions_text,
        event_id as event_id_text,
        type as type_text,
        created as created_text,
        extra,
        _source_relation as source_relation,
        _source_file as source_file,
        _line_number as line_number,
        _loaded_at as loaded_at
    from events

),

judged as (

    select
        *,
        -- the many events that are no answer come first. What another event replaces says nothing
        case
            when
                event_type in (
                    'sent', 'processed', 'delivered', 'deferred', 'open', 'click', 'print',
                    'forward', 'unbounce'
                )
                or obsoleted_by_id is not null
                then null
            when event_type = 'spamreport' then 'complaint'
            when event_type = 'unsubscribed' then 'unsubscribe'
            when
                (event_type = 'statuschange' or event_type is null)
                and (subscription_status = 'unsubscribed' or has_unsubscribed)
                then 'unsubscribe'
            when
                event_type = 'statuschange'
                and {{ hubspot_is_odd_status('subscription_status', 'has_unsubscribed') }}
                then 'unreadable'
            when event_type = 'statuschange' and is_bounced then 'hard_bounce'
            when event_type = 'bounce' then
                case
                    when {{ hubspot_bounce('bounce_category', 'smtp_status') }} = 'bounce_hard'
                        then 'hard_bounce'
                end
            when event_type in ('dropped', 'mta_dropped', 'suppressed') then
                case {{ hubspot_drop_cause('drop_reason') }}
                    when 'invalid' then 'hard_bounce'
                    when 'manual' then 'unsubscribe'
                    else {{ hubspot_drop_cause('drop_reason') }}
                end
            -- a kind of event that nobody knows may be an opt-out
            when event_type is null
                then coalesce(
                    {{ hubspot_word_cause('lower(type_text)') }},
                    {{ leave_cause('type_text') }},
                    'unknown'
                )
        end as opt_out_cause,
        {{ reject_reason([
            {
                'column': 'id', 'raw': 'event_id_text', 'parsed': 'event_id',
                'expects': 'an event id', 'required': true,
            },
            {
                'column': 'created', 'raw': 'created_text', 'parsed': 'occurred_at',
                'expects': 'milliseconds since 1970', 'required': true,
            },
            not_in_future('created', 'occurred_at'),
            {
                'column': 'type', 'raw': 'type_text', 'parsed': 'event_type',
                'expects': 'an e-mail event type of HubSpot', 'required': true,
            },
            {
                'column': 'recipient', 'raw': 'recipient', 'parsed': 'recipient',
                'expects': 'an address', 'required': true,
            },
        ]) }} as reject_reason
    from typed

),

final as (

    select
        event_id,
        occurred_at,
        event_type,
        recipient,
        campaign_id,
        campaign_name,
        sent_by_id,
        obsoleted_by_id,
        is_filtered,
        url,
        user_agent,
        ip,
        bounce_category,
        smtp_status,
        drop_reason,
        subscription_status,
        has_unsubscribed,
        is_bounced,
        source_relation,
        source_file,
        line_number,
        loaded_at,
        -- an id that two kinds of event or two people share is not one event
        {{ line_key(
            'hubspot.email_event',
            [
                'event_id', timestamp_key('created_text', 'occurred_at'), 'event_type',
                'lower(recipient)',
            ],
            account='source_relation',
        ) }} as line_key,
        reject_reason,
        opt_out_cause,
        case
            when
                opt_out_cause is not null
                and (reject_reason is not null or recipient not like '%_@_%')
                then {{ line_text([
                    'recipient', 'event_id', 'created_text', 'type_text', 'campaign_id',
                    'campaign_name', 'url', 'user_agent', 'subscriptions_text', 'extra',
                ]) }}
        end as opt_out_text
    from judged

)

select * from final
