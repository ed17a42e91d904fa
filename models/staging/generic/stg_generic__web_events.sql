{{ incremental_by_file('generic', 'web_events') }}

with source as {{ inline_cte() }} (
    select * from {{ source('generic', 'web_events') }}
    {{ only_new_files() }}
),

repeated_lines as (
    {{ repeated_lines('source', [
        'session_id',
        'contact_id',
        'event_name',
        'occurred_at',
        'product_id',
        'value',
        'url',
    ], where=clean_text('web_event_id') ~ ' is null') }}
),

float_ids as (
    {{- files_of_float_ids('source', 'contact_id') }}
),

typed as (
    select
        {{ clean_text('source.web_event_id') }} as source_web_event_id,
        {{ clean_text('source.session_id') }} as source_session_id,
        {{ clean_id('source.contact_id', whole='float_ids._source_file is not null') }}
            as source_contact_id,
        {{ clean_text('source.event_name') }} as event_name,
        {{ parse_timestamp('source.occurred_at') }} as occurred_at,
        {{ clean_text('source.product_id') }} as source_product_id,
        {{ parse_double('source.value') }} as value,
        {{ clean_text('source.url') }} as url,
        source.occurred_at as occurred_at_text,
        source.value as value_text,
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

final as (
    select
        source_web_event_id,
        source_session_id,
        source_contact_id,
        event_name,
        occurred_at,
        source_product_id,
        value,
        url,
        source_relation,
        source_file,
        line_number,
        loaded_at,
        case
            when source_web_event_id is not null
                then {{ line_key('generic.web_events', ["'id'", 'source_web_event_id'],
                    account='source_relation') }}
            else {{ line_key('generic.web_events', [
                    'source_session_id',
                    'source_contact_id',
                    'event_name',
                    timestamp_key('occurred_at_text', 'occurred_at'),
                    'source_product_id',
                    'value',
                    'url',
                ], occurrence='occurrence', account='source_relation') }}
        end as line_key,
        {{ reject_reason([
            {
                'column': 'event_name', 'raw': 'event_name', 'parsed': 'event_name',
                'required': true,
                'expects': 'a value',
            },
            {
                'column': 'occurred_at', 'raw': 'occurred_at_text', 'parsed': 'occurred_at',
                'required': true,
                'expects': 'an ISO-8601 time such as 2026-04-05 21:06:21',
            },
            {
                'column': 'value', 'raw': 'value_text', 'parsed': 'value',
                'expects': 'a number such as 12.34',
            },
            not_in_future('occurred_at', 'occurred_at'),
        ]) }} as reject_reason,
        {{ reject_reason([
            {
                'column': 'contact_id', 'raw': 'contact_id_text', 'parsed': 'source_contact_id',
                'expects': 'an id (long numbers lose digits in a spreadsheet)',
            },
        ]) }} as unread_values
    from typed
)

select * from final
