{{ incremental_by_file('generic', 'web_sessions') }}

with source as {{ inline_cte() }} (
    select * from {{ source('generic', 'web_sessions') }}
    {{ only_new_files() }}
),

float_ids as (
    {{- files_of_float_ids('source', 'contact_id') }}
),

typed as (
    select
        {{ clean_text('source.session_id') }} as source_session_id,
        {{ clean_id('source.contact_id', whole='float_ids._source_file is not null') }}
            as source_contact_id,
        {{ clean_value('source.email') }} as email_raw,
        {{ parse_timestamp('source.started_at') }} as started_at,
        {{ parse_timestamp('source.ended_at') }} as ended_at,
        {{ parse_double('source.duration_seconds') }} as duration_seconds,
        {{ parse_integer('source.page_views') }} as page_views,
        {{ clean_text('source.source') }} as source,
        {{ clean_text('source.medium') }} as medium,
        {{ clean_text('source.campaign') }} as campaign,
        {{ clean_text('source.device') }} as device,
        {{ parse_boolean('source.converted') }} as converted,
        source.started_at as started_at_text,
        source.ended_at as ended_at_text,
        source.duration_seconds as duration_seconds_text,
        source.page_views as page_views_text,
        source.converted as converted_text,
        {{ clean_text('source.contact_id') }} as contact_id_text,
        source._source_relation as source_relation,
        source._source_file as source_file,
        source._line_number as line_number,
        source._loaded_at as loaded_at
    from source
    left join float_ids on source._source_file = float_ids._source_file
),

final as (
    select
        source_session_id,
        source_contact_id,
        email_raw,
        started_at,
        ended_at,
        duration_seconds,
        page_views,
        source,
        medium,
        campaign,
        device,
        converted,
        source_relation,
        source_file,
        line_number,
        loaded_at,
        {{ line_key('generic.web_sessions', [
            'source_session_id',
        ], account='source_relation') }} as line_key,
        {{ reject_reason([
            {
                'column': 'session_id', 'raw': 'source_session_id', 'parsed': 'source_session_id',
                'required': true,
                'expects': 'a value',
            },
            {
                'column': 'started_at', 'raw': 'started_at_text', 'parsed': 'started_at',
                'required': true,
                'expects': 'an ISO-8601 time such as 2026-04-05 21:06:21',
            },
            {
                'column': 'ended_at', 'raw': 'ended_at_text', 'parsed': 'ended_at',
                'expects': 'an ISO-8601 time such as 2026-04-05 21:06:21',
            },
            {
                'column': 'duration_seconds', 'raw': 'duration_seconds_text',
                'parsed': 'duration_seconds',
                'expects': 'a number such as 12.34',
            },
            {
                'column': 'page_views', 'raw': 'page_views_text', 'parsed': 'page_views',
                'expects': 'a whole number',
            },
            {
                'column': 'converted', 'raw': 'converted_text', 'parsed': 'converted',
                'expects': 'true or false',
            },
            not_in_future('started_at', 'started_at'),
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
