{#- The export writes wall-clock time of the account's zone and does not name the zone. Without the
    setting no date-time can be typed, and a guess would move contacts over midnight. -#}
{%- set zone = (var('hubspot', none) or {}).get('timezone') -%}
{%- set formats = ['%Y-%m-%d %H:%M', '%Y-%m-%d %H:%M:%S'] -%}
{%- set untyped = 'cast(null as timestamp)' -%}
{%- set checks = [
    {
        'column': 'Record ID', 'raw': 'record_id', 'parsed': 'record_id',
        'expects': 'a contact id', 'required': true,
    },
] -%}
{%- if not zone -%}
    {%- do checks.append({
        'column': 'Create Date, Last Modified Date',
        'when': 'has_date_time',
        'because': 'the time zone of the account is not set (vars: hubspot: timezone)',
    }) -%}
{%- endif -%}

{{ config(materialized='table') }}

with contacts as (

    select * from {{ source('hubspot', 'contacts') }}

),

typed as (

    select
        {{ clean_text('record_id') }} as record_id,
        {{ clean_text('first_name') }} as first_name,
        {{ clean_text('last_name') }} as last_name,
        {{ clean_text('email') }} as email,
        {{ clean_text('city') }} as city,
        {{ clean_text('region') }} as region,
        {{ clean_text('country') }} as country,
        -- Country/Region is free text; two letters in it are a code
        upper(coalesce(
            {{ clean_text('country_code') }},
            case when length({{ clean_text('country') }}) = 2 then {{ clean_text('country') }} end
        )) as country_code,
        {{ clean_text('language') }} as language,
        {{ clean_text('timezone') }} as timezone,
        {{ parse_date('birth_date') }} as birth_date,
        {{ clean_text('gender') }} as gender,
        {{ clean_text('profession') }} as profession,
        {{ clean_text('sector') }} as sector,
        {{ parse_timestamp('create_date', formats, zone) if zone else untyped }} as created_at,
        {{ parse_timestamp('last_modified_date', formats, zone) if zone else untyped }}
            as updated_at,
        {{ hubspot_boolean('unsubscribed_from_all') }} as opted_out_flag,
        {{ clean_text('hard_bounce_reason') }} as hard_bounce_reason,
        {{ clean_text('merged_record_ids') }} as merged_record_ids,
        {{ hubspot_boolean('email_tracking_allowed') }} as tracking_flag,
        extra,
        {{ clean_text('unsubscribed_from_all') }} as opted_out_text,
        {{ clean_text('email_tracking_allowed') }} as tracking_text,
        coalesce(
            {{ clean_text('create_date') }}, {{ clean_text('last_modified_date') }}
        ) is not null as has_date_time,
        _source_relation as source_relation,
        _source_file as source_file,
        _line_number as line_number,
        _loaded_at as loaded_at
    from contacts

),

final as (

    select
        record_id,
        first_name,
        last_name,
        email,
        city,
        region,
        country,
        country_code,
        language,
        timezone,
        birth_date,
        gender,
        profession,
        sector,
        created_at,
        {{ record_changed_at('typed') }} as updated_at,
        -- a flag that cannot be read is taken as the person's no
        coalesce(opted_out_flag, case when opted_out_text is not null then true end)
            as is_opted_out,
        hard_bounce_reason,
        merged_record_ids,
        coalesce(tracking_flag, case when tracking_text is not null then false end)
            as email_tracking_allowed,
        extra,
        source_relation,
        source_file,
        line_number,
        loaded_at,
        {{ line_key(
            'hubspot.contact',
            [
                'record_id', 'lower(email)', 'typed.updated_at', 'is_opted_out',
                'hard_bounce_reason', 'merged_record_ids',
            ],
            account='source_relation',
        ) }} as line_key,
        {{ reject_reason(checks) }} as reject_reason,
        {{ reject_reason([
            {
                'column': 'Unsubscribed from all email', 'raw': 'opted_out_text',
                'parsed': 'opted_out_flag', 'expects': 'true or false',
            },
            {
                'column': 'Email tracking allowed', 'raw': 'tracking_text',
                'parsed': 'tracking_flag', 'expects': 'true or false',
            },
        ]) }} as unread_values
    from typed

)

select * from final
