{#- The export writes wall-clock time of the account's zone and does not name the zone. Without the
    setting no date-time can be typed, and a guess would move contacts over midnight. -#}
{%- set settings = var('hubspot', none) or {} -%}
{%- set zone = settings.get('timezone') -%}
{%- set formats = ['%Y-%m-%d %H:%M', '%Y-%m-%d %H:%M:%S'] -%}
{%- set own_format = settings.get('date_format') -%}
{%- if own_format -%}
    {%- set formats = formats + ([own_format] if own_format is string else own_format) -%}
{%- endif -%}
{%- set untyped = 'cast(null as timestamp)' -%}
{%- set checks = [
    {
        'column': 'Record ID',
        'when': 'record_id is null and not has_address and record_id_text is null',
        'because': 'missing, a contact id expected',
    },
    {
        'column': 'Record ID',
        'when': 'record_id is null and not has_address and record_id_text is not null',
        'because': 'a contact id expected, and there is no address to know the contact by',
    },
] -%}
{%- if not zone -%}
    {%- do checks.append({
        'column': 'Create Date, Last Modified Date',
        'when': 'has_date_time',
        'because': 'the time zone of the account is not set (vars: hubspot: timezone)',
    }) -%}
{%- endif -%}

{#- all text of a line, for the addresses in it -#}
{%- set text_columns = [
    'email', 'additional_emails', 'first_name', 'last_name', 'record_id', 'city', 'region',
    'country', 'country_code', 'language', 'timezone', 'birth_date', 'gender', 'profession',
    'sector', 'unsubscribed_from_all', 'email_opt_out', 'hard_bounce_reason',
    'email_quarantined', 'quarantine_reason', 'automated_quarantine_reason',
    'quarantined_emails', 'email_ineligible', 'confirmation_status', 'email_invalid',
    'email_tracking_allowed', 'merged_record_ids', 'merged_record_times', 'create_date',
    'last_modified_date', 'extra',
] -%}
{%- set nothing_of_programs = [
    'null', '(null)', 'nil', 'none', 'nan', '<na>', 'na', 'n/a', '#n/a', 'undefined', '-', '\\n',
    '[]', '{}',
] -%}
{{ config(materialized='table') }}

with contacts as (

    select * from {{ source('hubspot', 'contacts') }}

),

typed as (

    select
        -- what a spreadsheet rounded is shared by many contacts, and is nobody's
        {{ clean_id('record_id', whole='true') }} as record_id,
        {{ clean_text('first_name') }} as first_name,
        {{ clean_text('last_name') }} as last_name,
        {{ clean_value('email') }} as email,
        {{ clean_value('additional_emails') }} as additional_emails,
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
        {{ parse_timestamp('create_date', formats, zone) if zone else untyped }} as read_created_at,
        {{ parse_timestamp('last_modified_date', formats, zone) if zone else untyped }}
            as read_updated_at,
        {{ hubspot_boolean('unsubscribed_from_all') }} as first_flag,
        {{ hubspot_boolean('email_opt_out') }} as second_flag,
        -- `Unknown` is a reason: only what programs write for an empty cell is none
        case
            when {{ clean_text('lower(hard_bounce_reason)', nothing_of_programs) }} is not null
                then {{ clean_text('hard_bounce_reason') }}
        end as hard_bounce_reason,
        {{ hubspot_boolean('email_quarantined') }} as quarantined_flag,
        coalesce(
            {{ clean_value('quarantine_reason') }}, {{ clean_value('automated_quarantine_reason') }}
        ) is not null
        -- the addresses that are quarantined, or a mark of whatever kind
        or coalesce(
            lower({{ clean_value('quarantined_emails') }}) not in ('0', 'false', 'no', '[]', '{}'),
            false
        ) as has_quarantine_reason,
        {{ hubspot_boolean('email_ineligible') }} as ineligible_flag,
        {{ parse_choice('confirmation_status', hubspot_confirmations()) }} as confirmation,
        {{ hubspot_boolean('email_invalid') }} as invalid_flag,
        nullif(
            concat_ws(
                ';', {{ clean_text('merged_record_ids') }}, {{ clean_text('merged_record_times') }}
            ), ''
        ) as merged_record_ids,
        {{ hubspot_boolean('email_tracking_allowed') }} as tracking_flag,
        extra,
        {{ clean_text('record_id') }} as record_id_text,
        {{ clean_text('unsubscribed_from_all') }} as first_text,
        {{ clean_text('email_opt_out') }} as second_text,
        -- a yes where a date belongs: the cells have slipped, and no flag is where it should be
        case
            when {{ hubspot_boolean('create_date') }} or {{ hubspot_boolean('last_modified_date') }}
                then 'true'
        end as slipped_text,
        {{ clean_text('email_ineligible') }} as ineligible_text,
        {{ clean_text('confirmation_status') }} as confirmation_text,
        {{ clean_text('email_quarantined') }} as quarantined_text,
        {{ clean_text('email_invalid') }} as invalid_text,
        {{ clean_text('email_tracking_allowed') }} as tracking_text,
        {{ clean_text('create_date') }} as create_date_text,
        {{ clean_text('last_modified_date') }} as last_modified_text,
        coalesce(
            {{ clean_text('create_date') }}, {{ clean_text('last_modified_date') }}
        ) is not null as has_date_time,
        concat_ws(';', email, additional_emails) like '%_@_%' as has_address,
        {{ clean_value("concat_ws(';', email, additional_emails)") }} is not null
            as has_address_text,
        {{ line_text(text_columns) }} as line_text,
        _source_relation as source_relation,
        _source_file as source_file,
        _line_number as line_number,
        _loaded_at as loaded_at
    from contacts

),

answers as (

    {{ hubspot_subscription_answers('typed', hubspot_opt_out_label()) | indent(4) }}

),

-- which kinds of mail a contact left: a column each, whose names are the account's own
subscriptions as (

    select
        source_file,
        line_number,
        max(case when is_opted_out then 1 else 0 end) = 1 as has_left,
        max(case when is_opted_out is null then 1 else 0 end) = 1 as has_odd_answer
    from answers
    where is_marketing
    group by source_file, line_number

),

-- a time after the file was read, or before there were web shops, is a wrong one
dated as (

    select
        typed.*,
        {%- for column in ['created_at', 'updated_at'] %}
        {{ possible_time('typed.read_' ~ column, 'typed.loaded_at') }} as {{ column }},
        {%- endfor %}
        -- either flag opts out; one that cannot be read hides the false of the other
        case
            when typed.first_flag or typed.second_flag then true
            when
                typed.slipped_text is null
                and (typed.first_flag is not null or typed.first_text is null)
                and (typed.second_flag is not null or typed.second_text is null)
                then coalesce(typed.first_flag, typed.second_flag)
        end as opted_out_flag,
        coalesce(typed.first_text, typed.second_text, typed.slipped_text) as opted_out_text,
        coalesce(subscriptions.has_left, false) as has_left_type,
        coalesce(subscriptions.has_odd_answer, false) as has_odd_type,
        subscriptions.source_file is not null as has_types
    from typed
    left join subscriptions
        on
            typed.source_file = subscriptions.source_file
            and typed.line_number = subscriptions.line_number

),

judged as (

    select
        *,
        {{ record_changed_at('dated') }} as changed_at,
        case
            when opted_out_flag or has_left_type or confirmation = 'unsubscribed'
                then 'unsubscribe'
            when
                hard_bounce_reason is not null
                or coalesce(quarantined_flag, has_quarantine_reason)
                or invalid_flag
                or ineligible_flag
                then 'hard_bounce'
            when
                has_odd_type
                or (opted_out_text is not null and opted_out_flag is null)
                or (quarantined_text is not null and quarantined_flag is null)
                or (invalid_text is not null and invalid_flag is null)
                or (ineligible_text is not null and ineligible_flag is null)
                or (confirmation_text is not null and confirmation is null)
                then 'unreadable'
        end as opt_out_cause,
        {{ reject_reason(checks) }} as reject_reason,
        {{ reject_reason([
            {
                'column': 'Record ID',
                'when': 'record_id is null and record_id_text is not null and has_address',
                'because': 'a contact id expected (a spreadsheet rounds long numbers: the contact'
                ~ ' is known by its address alone)',
            },
            {
                'column': 'Create Date', 'raw': 'create_date_text', 'parsed': 'created_at',
                'expects': 'a time such as 2026-05-31 14:05, neither in the future nor before 1995',
            },
            {
                'column': 'Last Modified Date', 'raw': 'last_modified_text', 'parsed': 'updated_at',
                'expects': 'a time such as 2026-05-31 14:05, neither in the future nor before 1995',
            },
            {
                'column': 'Unsubscribed from all email', 'raw': 'first_text',
                'parsed': 'first_flag', 'expects': 'true or false',
            },
            {
                'column': 'Email Opt Out', 'raw': 'second_text',
                'parsed': 'second_flag', 'expects': 'true or false',
            },
            {
                'column': 'Opted out of email', 'when': 'has_odd_type',
                'because': 'true or false expected',
            },
            {
                'column': 'Email address quarantined', 'raw': 'quarantined_text',
                'parsed': 'quarantined_flag', 'expects': 'true or false',
            },
            {
                'column': 'Invalid email address', 'raw': 'invalid_text',
                'parsed': 'invalid_flag', 'expects': 'true or false',
            },
            {
                'column': 'Is globally ineligible', 'raw': 'ineligible_text',
                'parsed': 'ineligible_flag', 'expects': 'true or false',
            },
            {
                'column': 'Marketing email confirmation status', 'raw': 'confirmation_text',
                'parsed': 'confirmation', 'expects': 'a word of HubSpot such as Confirmed',
            },
            {
                'column': 'Email tracking allowed', 'raw': 'tracking_text',
                'parsed': 'tracking_flag', 'expects': 'true or false',
            },
        ]) }} as unread_values
    from dated

),

final as (

    select
        record_id,
        -- who the line is about, where its id tells nobody
        coalesce(record_id, nullif(lower(concat_ws(';', email, additional_emails)), ''))
            as contact_reference,
        first_name,
        last_name,
        email,
        additional_emails,
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
        changed_at as updated_at,
        judged.updated_at is null as is_undated,
        -- a flag that cannot be read is taken as the person's no
        coalesce(opted_out_flag, case when opted_out_text is not null then true end)
            as is_opted_out,
        case when has_types then has_left_type or has_odd_type end as is_opted_out_of_type,
        hard_bounce_reason,
        coalesce(
            quarantined_flag,
            case when quarantined_text is not null or has_quarantine_reason then true end
        ) as is_quarantined,
        coalesce(ineligible_flag, case when ineligible_text is not null then true end)
            as is_ineligible,
        -- a word that HubSpot is not known to write is no confirmation
        coalesce(confirmation, case when confirmation_text is not null then 'pending' end)
            as confirmation,
        coalesce(invalid_flag, case when invalid_text is not null then true end)
            as is_invalid_address,
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
                'contact_reference', 'lower(email)', 'judged.updated_at', 'is_opted_out',
                'hard_bounce_reason', 'merged_record_ids',
            ],
            account='source_relation',
        ) }} as line_key,
        reject_reason,
        unread_values,
        opt_out_cause,
        case
            when
                opt_out_cause is not null
                and (
                    reject_reason is not null
                    or (has_address_text and not has_address)
                    -- the address may stand in another column
                    or (
                        line_text like '%_@_%'
                        and not {{ matches(
                            "concat_ws(';', email, additional_emails)",
                            "'[^@ ]@[^@ ]+[.][^@ ]'"
                        ) }}
                    )
                    -- a word of nobody: not a no that the ordinary way knows, and no yes
                    or (
                        opt_out_cause = 'unreadable'
                        and confirmation_text is not null
                        and confirmation is null
                    )
                )
                then line_text
        end as opt_out_text
    from judged

)

select * from final
