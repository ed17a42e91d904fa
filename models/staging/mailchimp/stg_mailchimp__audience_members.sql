{{ config(materialized='table') }}

{%- set time_format = '%Y-%m-%d %H:%M:%S' -%}
{%- set statuses = [
    'subscribed', 'unsubscribed', 'cleaned', 'nonsubscribed', 'transactional', 'pending',
    'archived',
] -%}
{%- set rejects = [
    {
        'column': 'Email Address', 'raw': 'email_address', 'parsed': 'email_address',
        'expects': 'an address', 'required': true,
    },
    {
        'column': 'file name', 'when': 'status is null',
        'because': 'subscribed_ or nonsubscribed_ expected at its start, or unsubscribed or'
            ~ ' cleaned_ in it',
    },
] -%}

with members as (

    select
        *,
        lower({{ dbt.split_part('_source_file', "'/'", -1) }}) as file_name,
        '/' || lower(_source_file) as file_path,
        -- and no audience either: only a folder list_id=… can name it
        nullif(regexp_extract(_source_file, '/list_id=([^/]+)/', 1), '') as list_id,
        -- a field of the owner, but for `lists/` of the account export
        {{ json_text('extra', 'Status') }} as status
    from {{ source('mailchimp', 'audience_members') }}

),

named as (

    -- the export has no status column: its header row and its name are the status
    select
        *,
        case
            -- also in the name of a copy. A list that somebody tidied up may be called `cleaned`,
            -- too: behind the start of a name it is Mailchimp's word only before the kind of export
            when {{ matches('file_name', "'unsubscribed|abgemeldet|d.{1,2}sabonn'") }}
                then 'unsubscribed'
            when {{ matches('file_name', "'^cleaned|cleaned_[a-z_]+_export'") }} then 'cleaned'
            when file_name like 'subscribed%' then 'subscribed'
            when
                file_name like 'nonsubscribed%'
                or file_name like 'non-subscribed%'
                or file_name like 'non_subscribed%'
                then 'nonsubscribed'
            when file_path like '%/lists/unsubscribed/%' then 'unsubscribed'
            when file_path like '%/lists/cleaned/%' then 'cleaned'
            when
                file_path like '%/lists/transactional/%'
                or file_path like '%/lists/nonsubscribed/%'
                or file_path like '%/lists/non_subscribed/%'
                then 'nonsubscribed'
            when
                file_path like '%/lists/members/%' or file_path like '%/lists/subscribed/%'
                then 'subscribed'
        end as status_of_name,
        -- a column of that name in `lists/` is the account's where it holds words of the account's,
        -- else a field of the owner
        file_path like '%/lists/%'
        and max(
            case when lower(trim(status)) in ('{{ statuses | join("', '") }}') then 1 else 0 end
        ) over (partition by _source_file) = 1 as has_status_column
    from members

),

judged as (

    -- who left in any of the places that can say so has left
    select
        *,
        case
            when {{ mailchimp_unsubscribe_type('unsub_reason') }} = 'complaint' then 'unsubscribed'
            when
                {{ clean_text('clean_time') }} is not null
                or {{ clean_text('clean_campaign_id') }} is not null
                or file_status = 'cleaned'
                then 'cleaned'
            when
                {{ clean_text('unsub_time') }} is not null
                or {{ clean_text('unsub_campaign_id') }} is not null
                or {{ clean_text('unsub_reason') }} is not null
                or file_status = 'unsubscribed'
                then 'unsubscribed'
            when status_of_name in ('unsubscribed', 'cleaned') then status_of_name
            when lower(trim(status)) in ('unsubscribed', 'cleaned') then lower(trim(status))
            -- `lists/` keeps all who did not leave in one file, its column tells them apart
            when has_status_column and {{ clean_text('status') }} is not null
                then {{ parse_choice('status', statuses) }}
            else status_of_name
        end as member_status
    from named

),

typed as (

    select
        {{ clean_id('euid') }} as euid,
        {{ clean_id('leid') }} as leid,
        list_id,
        {{ clean_value('email_address') }} as email_address,
        {{ clean_text('first_name') }} as first_name,
        {{ clean_text('last_name') }} as last_name,
        member_status as status,
        {{ mailchimp_email_permission('marketing_permissions') }} as has_email_permission,
        {{ clean_text('marketing_permissions') }} as permissions_text,
        {{ mailchimp_known_time(parse_timestamp('optin_time', time_format), '_loaded_at') }}
            as opted_in_at,
        {{ clean_text('optin_ip') }} is not null as has_optin_ip,
        {{ mailchimp_known_time(parse_timestamp('confirm_time', time_format), '_loaded_at') }}
            as confirmed_at,
        {{ mailchimp_known_time(parse_timestamp('last_changed', time_format), '_loaded_at') }}
            as changed_at,
        {{ mailchimp_known_time(parse_timestamp('unsub_time', time_format), '_loaded_at') }}
            as unsubscribed_at,
        {{ clean_id('unsub_campaign_id') }} as unsubscribe_campaign_id,
        {{ clean_text('unsub_reason') }} as unsubscribe_reason,
        {{ mailchimp_known_time(parse_timestamp('clean_time', time_format), '_loaded_at') }}
            as cleaned_at,
        {{ clean_text('timezone') }} as timezone,
        upper({{ clean_text('country_code') }}) as country_code,
        {{ clean_text('region') }} as region,
        extra,
        {{ clean_text('unsub_time') }} as unsubscribed_text,
        {{ clean_text('clean_time') }} as cleaned_text,
        {{ clean_text('optin_time') }} as opted_in_text,
        {{ clean_text('confirm_time') }} as confirmed_text,
        {{ clean_text('last_changed') }} as changed_text,
        unsub_reason_other as other_text,
        has_permissions = 'true' as has_permissions_column,
        -- a status that nobody knows is never a yes, and a file that tells nothing may be one of
        -- people who left; LAST_CHANGED is only in files of those who did not
        case
            when member_status is not null
                then {{ mailchimp_status_cause('member_status', 'unsub_reason') }}
            when status_of_name is not null or coalesce(file_status, '') <> 'kept'
                then coalesce({{ leave_cause('status') }}, 'unreadable')
        end as opt_out_cause,
        _source_relation as source_relation,
        _source_file as source_file,
        _line_number as line_number,
        _loaded_at as loaded_at
    from judged

),

-- an audience asks for permissions where somebody gave one: an empty cell of it says no
permitted as (

    select
        *,
        has_permissions_column
        and max(case when has_email_permission then 1 else 0 end) over (
            partition by source_relation, coalesce(list_id, '')
        ) = 1 as is_permission_asked
    from typed

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
        -- null: the audience asks for no permissions
        case
            when has_email_permission is not null then has_email_permission
            when is_permission_asked or permissions_text is not null then false
        end as has_email_permission,
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
        {{ reject_reason(rejects) }} as reject_reason,
        -- no reason to reject: the line would take its opt-out or bounce along, which holds undated
        {{ reject_reason([
            {
                'column': 'UNSUB_TIME', 'raw': 'unsubscribed_text', 'parsed': 'unsubscribed_at',
                'expects': 'a time YYYY-MM-DD HH:MM:SS before the loading',
            },
            {
                'column': 'CLEAN_TIME', 'raw': 'cleaned_text', 'parsed': 'cleaned_at',
                'expects': 'a time YYYY-MM-DD HH:MM:SS before the loading',
            },
            {
                'column': 'OPTIN_TIME', 'raw': 'opted_in_text', 'parsed': 'opted_in_at',
                'expects': 'a time YYYY-MM-DD HH:MM:SS before the loading',
            },
            {
                'column': 'CONFIRM_TIME', 'raw': 'confirmed_text', 'parsed': 'confirmed_at',
                'expects': 'a time YYYY-MM-DD HH:MM:SS before the loading',
            },
            {
                'column': 'LAST_CHANGED', 'raw': 'changed_text', 'parsed': 'changed_at',
                'expects': 'a time YYYY-MM-DD HH:MM:SS before the loading',
            },
            {
                'column': 'Marketing Permissions',
                'when': "has_email_permission is null and permissions_text is not null and not "
                    ~ matches(
                        'lower(permissions_text)',
                        "'direct|direkt|advertis|werbung|publicit|publipost|sms|post'"
                    ),
                'because': 'a permission of unknown name, taken as none for e-mail; name it in'
                    ~ ' vars, mailchimp: email_permissions',
            },
        ]) }} as unread_values,
        opt_out_cause,
        -- the ordinary way knows who left by address: here are the others
        case
            when
                opt_out_cause is not null
                and (
                    {{ reject_reason(rejects) }} is not null
                    or not {{ mailchimp_usable_address('email_address') }}
                )
                then {{ line_text([
                    'email_address', 'first_name', 'last_name', 'permissions_text',
                    'unsubscribe_reason', 'other_text', 'region', 'extra',
                ]) }}
        end as opt_out_text
    from permitted

)

select * from final
