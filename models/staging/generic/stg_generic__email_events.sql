{{ incremental_by_file('generic', 'email_events') }}

{#- an event with an id of its own is known by it, with its kind and whose it was: some sources
    give the id of a message. The others are known by what they say. The contact id says who it was:
    the address may have changed since the export before. -#}
{%- set natural_columns = [
    'coalesce(' ~ clean_id('contact_id') ~ ', lower(' ~ clean_value('email') ~ '))',
    'campaign_id', 'event_type', 'occurred_at', 'url',
] -%}

{#- where an address may stand beside its own column -#}
{%- set other_cells = [
    'source_event_id', 'source_campaign_id', 'native_type', 'occurred_at_text',
    'event_count_text', 'is_machine_text', 'url', 'user_agent', 'ip',
] -%}

{%- set person = 'coalesce(source_contact_id, lower(email_raw), contact_id_text)' -%}

{%- set rejects = [
    {
        'column': 'event_type', 'raw': 'native_type', 'parsed': 'event_type',
        'required': true,
        'expects': 'one of ' ~ email_event_types() | join(', '),
    },
    {
        'column': 'occurred_at', 'raw': 'occurred_at_text', 'parsed': 'occurred_at',
        'required': true, 'expects': 'an ISO-8601 time such as 2026-04-05 21:06:21',
    },
    {
        'column': 'is_machine', 'raw': 'is_machine_text', 'parsed': 'is_machine',
        'expects': 'true or false',
    },
    {
        'column': 'event_count', 'raw': 'event_count_text', 'parsed': 'given_count',
        'expects': 'a whole number',
    },
    {
        'column': 'event_count', 'when': 'given_count < 1',
        'because': 'a number of events from 1 on expected',
    },
    {
        'column': 'contact_id',
        'when': 'contact_id_text is null and email_raw is null',
        'because': 'missing, a contact_id or an email expected',
    },
    not_in_future('occurred_at', 'occurred_at'),
] -%}

with source as {{ inline_cte() }} (
    select * from {{ source('generic', 'email_events') }}
    {{ only_new_files() }}
),

repeated_lines as (
    {{- repeated_lines("source", natural_columns, where=clean_id('event_id') ~ ' is null') }}
),

float_ids as (
    {{- files_of_float_ids('source', 'contact_id') }}
),

typed as (
    select
        {{ clean_id('source.event_id') }} as source_event_id,
        {{ clean_id('source.contact_id', whole='float_ids._source_file is not null') }}
            as source_contact_id,
        {{ clean_value('source.email') }} as email_raw,
        {{ clean_text('source.campaign_id') }} as source_campaign_id,
        {{ parse_choice('source.event_type', email_event_types()) }} as event_type,
        {{ clean_text('source.event_type') }} as native_type,
        {{ parse_timestamp('source.occurred_at') }} as occurred_at,
        {{ iso_precision('source.occurred_at') }} as time_precision,
        {{ parse_integer('source.event_count') }} as given_count,
        {{ parse_boolean('source.is_machine') }} as is_machine,
        {{ clean_text('source.url') }} as url,
        {{ clean_text('source.user_agent') }} as user_agent,
        {{ clean_text('source.ip') }} as ip,
        source.occurred_at as occurred_at_text,
        source.event_count as event_count_text,
        source.is_machine as is_machine_text,
        source.extra,
        {{ clean_text('source.contact_id') }} as contact_id_text,
        source._source_relation as source_relation,
        source._source_file as source_file,
        source._line_number as line_number,
        source._loaded_at as loaded_at,
        repeated_lines.occurrence
    from source
    left join repeated_lines
        on
            source._source_file = repeated_lines._source_file
            and source._line_number = repeated_lines._line_number
    left join float_ids on source._source_file = float_ids._source_file
),

judged as (
    select
        *,
        -- what kind of event it was may be misspelt; a kind that nobody knows may be an opt-out
        case
            when event_type in ('unsubscribe', 'complaint') then event_type
            when event_type = 'bounce_hard' then 'hard_bounce'
            when native_type is null
                then coalesce({{ leave_cause(json_values_text('extra')) }}, 'unknown')
            when event_type is null
                then coalesce({{ leave_cause('native_type') }}, 'unknown')
        end as opt_out_cause
    from typed
),

final as (
    select
        source_event_id,
        source_contact_id,
        email_raw,
        source_campaign_id,
        event_type,
        native_type,
        occurred_at,
        time_precision,
        coalesce(given_count, 1) as event_count,
        is_machine,
        url,
        user_agent,
        ip,
        source_relation,
        source_file,
        line_number,
        loaded_at,
        case
            when source_event_id is not null
                then {{ line_key('generic.email_events', [
                    "'id'", 'source_event_id', person, 'event_type',
                ], account='source_relation') }}
            else {{ line_key('generic.email_events', [
                    person, 'source_campaign_id',
                    'event_type', timestamp_key('occurred_at_text', 'occurred_at'), 'url',
                ], occurrence='occurrence', account='source_relation') }}
        end as line_key,
        {{ reject_reason(rejects) }} as reject_reason,
        opt_out_cause,
        case
            when
                opt_out_cause is not null
                and (
                    {{ reject_reason(rejects) }} is not null
                    or email_raw not like '%_@_%'
                    -- whom the id means may have no address, and this line may
                    or (email_raw is null and {{ line_text(other_cells + ['extra']) }} like '%_@_%')
                    or (source_contact_id is null and email_raw is null)
                )
                then {{ line_text(['contact_id_text', 'email_raw'] + other_cells + ['extra']) }}
        end as opt_out_text,
        {{ reject_reason([
            {
                'column': 'contact_id', 'raw': 'contact_id_text', 'parsed': 'source_contact_id',
                'expects': 'an id (long numbers lose digits in a spreadsheet)',
            },
        ]) }} as unread_values
    from judged
)

select * from final
