{{ incremental_by_file('hubspot', 'email_events') }}

with events as (

    select * from {{ source('hubspot', 'email_events') }}
    {{ only_new_files() }}

),

typed as (

    select
        {{ clean_text('event_id') }} as event_id,
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
            'unbounce': 'unbounce',
            'suppressed': 'suppressed',
        }) }} as event_type,
        {{ clean_text('recipient') }} as recipient,
        {{ clean_text('email_campaign_id') }} as campaign_id,
        {{ clean_text('email_campaign_name') }} as campaign_name,
        {{ hubspot_reference('sent_by_id') }} as sent_by_id,
        {{ hubspot_reference('obsoleted_by_id') }} as obsoleted_by_id,
        {{ parse_boolean('filtered_event') }} as is_filtered,
        {{ clean_text('url') }} as url,
        {{ clean_text('user_agent') }} as user_agent,
        {{ clean_text('ip_address') }} as ip,
        lower({{ clean_text('category') }}) as bounce_category,
        {{ clean_text('status') }} as smtp_status,
        lower({{ clean_text('drop_reason') }}) as drop_reason,
        lower({{ clean_text('portal_subscription_status') }}) as subscription_status,
        -- a list of {id, status}, as JSON; SUBSCRIBED alone does not match
        lower({{ clean_text('subscriptions') }}) like '%unsubscribed%' as has_unsubscribed,
        type as type_text,
        created as created_text,
        _source_relation as source_relation,
        _source_file as source_file,
        _line_number as line_number,
        _loaded_at as loaded_at
    from events

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
        source_relation,
        source_file,
        line_number,
        loaded_at,
        {{ line_key(
            'hubspot.email_event',
            ['event_id', timestamp_key('created_text', 'occurred_at')],
            account='source_relation',
        ) }} as line_key,
        {{ reject_reason([
            {
                'column': 'id', 'raw': 'event_id', 'parsed': 'event_id',
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

)

select * from final
