{{ config(materialized='table') }}

with members as (

    select
        *,
        {{ clean_text('email_address') }} as clean_email,
        -- the export has no status column, its file name is the status
        split_part(_source_file, '/', -1) as file_name,
        -- and no audience either: only a folder list_id=… can name it
        nullif(regexp_extract(_source_file, '/list_id=([^/]+)/', 1), '') as list_id
    from {{ source('mailchimp', 'audience_members') }}

),

typed as (

    select
        {{ clean_text('euid') }} as euid,
        {{ clean_text('leid') }} as leid,
        list_id,
        clean_email as email_address,
        {{ clean_text('first_name') }} as first_name,
        {{ clean_text('last_name') }} as last_name,
        case
            when file_name like 'subscribed%' then 'subscribed'
            when file_name like 'unsubscribed%' then 'unsubscribed'
            when file_name like 'cleaned%' then 'cleaned'
            when file_name like 'nonsubscribed%' then 'nonsubscribed'
            when file_name like 'non-subscribed%' then 'nonsubscribed'
            when file_name like 'non_subscribed%' then 'nonsubscribed'
        end as status,
        {{ parse_timestamp('optin_time', '%Y-%m-%d %H:%M:%S') }} as opted_in_at,
        {{ clean_text('optin_ip') }} is not null as has_optin_ip,
        {{ parse_timestamp('confirm_time', '%Y-%m-%d %H:%M:%S') }} as confirmed_at,
        {{ parse_timestamp('last_changed', '%Y-%m-%d %H:%M:%S') }} as changed_at,
        {{ parse_timestamp('unsub_time', '%Y-%m-%d %H:%M:%S') }} as unsubscribed_at,
        {{ clean_text('unsub_campaign_id') }} as unsubscribe_campaign_id,
        {{ clean_text('unsub_reason') }} as unsubscribe_reason,
        {{ parse_timestamp('clean_time', '%Y-%m-%d %H:%M:%S') }} as cleaned_at,
        {{ clean_text('timezone') }} as timezone,
        upper({{ clean_text('country_code') }}) as country_code,
        {{ clean_text('region') }} as region,
        extra,
        {{ clean_text('unsub_time') }} as unsubscribed_text,
        {{ clean_text('clean_time') }} as cleaned_text,
        _source_relation as source_relation,
        _source_file as source_file,
        _line_number as line_number,
        _loaded_at as loaded_at
    from members

),

final as (

    select
        euid,
        leid,
        list_id,
        email_address,
        first_name,
        last_name,
        status,
        opted_in_at,
        has_optin_ip,
        confirmed_at,
        changed_at,
        unsubscribed_at,
        unsubscribe_campaign_id,
        unsubscribe_reason,
        cleaned_at,
        timezone,
        country_code,
        region,
        extra,
        source_relation,
        source_file,
        line_number,
        loaded_at,
        {{ line_key(
            'mailchimp.audience_member',
            [
                'coalesce(euid, lower(email_address))', 'leid', 'list_id', 'status',
                'opted_in_at', 'confirmed_at', 'changed_at', 'unsubscribed_at', 'cleaned_at',
            ],
            account='source_relation',
        ) }} as line_key,
        {{ reject_reason([
            {
                'column': 'Email Address', 'raw': 'email_address', 'parsed': 'email_address',
                'expects': 'an address', 'required': true,
            },
            {
                'column': 'file name', 'when': 'status is null',
                'because': 'subscribed_, unsubscribed_, cleaned_ or nonsubscribed_ expected at its'
                    ~ ' start',
            },
        ]) }} as reject_reason,
        -- no reason to reject: the line would take its opt-out or bounce along, which holds undated
        {{ reject_reason([
            {
                'column': 'UNSUB_TIME', 'raw': 'unsubscribed_text', 'parsed': 'unsubscribed_at',
                'expects': 'a time YYYY-MM-DD HH:MM:SS',
            },
            {
                'column': 'CLEAN_TIME', 'raw': 'cleaned_text', 'parsed': 'cleaned_at',
                'expects': 'a time YYYY-MM-DD HH:MM:SS',
            },
        ]) }} as unread_values
    from typed

)

select * from final
