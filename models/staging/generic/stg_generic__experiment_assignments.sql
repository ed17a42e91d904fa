with source as {{ inline_cte() }} (
    select * from {{ source('generic', 'experiment_assignments') }}
),

float_ids as (
    {{- files_of_float_ids('source', 'contact_id') }}
),

typed as (
    select
        {{ clean_text('source.experiment') }} as experiment,
        {{ clean_text('source.arm') }} as arm,
        {{ clean_id('source.contact_id', whole='float_ids._source_file is not null') }}
            as source_contact_id,
        {{ parse_timestamp('source.assigned_at') }} as assigned_at,
        source.assigned_at as assigned_at_text,
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
        experiment,
        arm,
        source_contact_id,
        assigned_at,
        source_relation,
        source_file,
        line_number,
        loaded_at,
        {{ line_key('generic.experiment_assignments', [
            'experiment', 'source_contact_id',
        ], account='source_relation') }} as line_key,
        {{ reject_reason([
            {
                'column': 'experiment', 'raw': 'experiment', 'parsed': 'experiment',
                'required': true,
                'expects': 'a value',
            },
            {
                'column': 'arm', 'raw': 'arm', 'parsed': 'arm', 'required': true,
                'expects': 'a value',
            },
            {
                'column': 'contact_id', 'raw': 'source_contact_id', 'parsed': 'source_contact_id',
                'required': true,
                'expects': 'a value',
            },
            {
                'column': 'assigned_at', 'raw': 'assigned_at_text', 'parsed': 'assigned_at',
                'required': true,
                'expects': 'an ISO-8601 time such as 2026-04-05 21:06:21',
            },
            not_in_future('assigned_at', 'assigned_at'),
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
