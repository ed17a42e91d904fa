{{ config(materialized='table') }}

{%- set rejects = [
    {
        'column': 'id', 'raw': 'member_id', 'parsed': 'member_id',
        'expects': 'a member id', 'required': true,
    },
    {
        'column': 'list_id', 'raw': 'list_id', 'parsed': 'list_id',
        'expects': 'an audience id', 'required': true,
    },
    {
        'column': 'status', 'raw': 'status_text', 'parsed': 'status',
        'expects': 'a member status of Mailchimp', 'required': true,
    },
] -%}

with members as (

    select * from {{ source('mailchimp', 'member') }}

),

typed as (

    select
        {{ clean_id('member_id') }} as member_id,
        {{ clean_id('list_id') }} as list_id,
        {{ clean_id('unique_email_id') }} as unique_email_id,
        {{ clean_value('email_address') }} as email_address,
        {{ clean_text('first_name') }} as first_name,
        {{ clean_text('last_name') }} as last_name,
        {{ parse_choice('status', [
            'subscribed', 'unsubscribed', 'cleaned', 'pending', 'transactional', 'nonsubscribed',
            'archived',
        ]) }} as status,
        {{ mailchimp_known_time(parse_timestamp('timestamp_signup'), '_loaded_at') }}
            as opted_in_at,
        {{ clean_text('ip_signup') }} is not null as has_optin_ip,
        {{ mailchimp_known_time(parse_timestamp('timestamp_opt'), '_loaded_at') }} as confirmed_at,
        {{ mailchimp_known_time(parse_timestamp('last_changed'), '_loaded_at') }} as changed_at,
        upper({{ clean_text('country_code') }}) as country_code,
        {{ clean_text('language') }} as language,
        {{ clean_text('timezone') }} as timezone,
        coalesce({{ parse_boolean('fivetran_deleted') }}, false) as is_deleted,
        extra,
        status as status_text,
        _source_relation as source_relation,
        _source_file as source_file,
        _line_number as line_number,
        _loaded_at as loaded_at
    from members

),

judged as (

    -- a status that nobody knows is never a yes
    select
        *,
        coalesce(
            {{ mailchimp_status_cause('status', "''") }},
            case
                when status is null then coalesce({{ leave_cause('status_text') }}, 'unreadable')
            end
        ) as opt_out_cause
    from typed

),

final as (

    select
        member_id,
        list_id,
        unique_email_id,
        email_address,
        first_name,
        last_name,
        status,
        opted_in_at,
        has_optin_ip,
        confirmed_at,
        changed_at,
        country_code,
        language,
        timezone,
        is_deleted,
        extra,
        source_relation,
        source_file,
        line_number,
        loaded_at,
        {{ line_key(
            'mailchimp.member',
            ['member_id', 'list_id', 'status', 'opted_in_at', 'confirmed_at', 'changed_at'],
            account='source_relation',
        ) }} as line_key,
        {{ reject_reason(rejects) }} as reject_reason,
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
                    'member_id', 'email_address', 'first_name', 'last_name', 'status_text', 'extra',
                ]) }}
        end as opt_out_text
    from judged

)

select * from final
