{{ incremental_by_file('mailchimp', 'granular_clicks') }}

with clicks as (

    select * from {{ source('mailchimp', 'granular_clicks') }}
    {{ only_new_files() }}

),

repeated as (

    {{ repeated_lines('clicks', ['occurred_at', 'email_address', 'url']) }}

),

typed as (

    select
        -- <web id>_<title>.csv: the file name is the only trace of the campaign
        split_part(split_part(clicks._source_file, '/', -1), '_', 1) as web_id,
        {{ clean_text('clicks.email_address') }} as email_address,
        {{ parse_timestamp('clicks.occurred_at') }} as occurred_at,
        {{ clean_text('clicks.url') }} as url,
        clicks.occurred_at as occurred_text,
        repeated.occurrence,
        clicks._source_relation as source_relation,
        clicks._source_file as source_file,
        clicks._line_number as line_number,
        clicks._loaded_at as loaded_at
    from clicks
    left join repeated
        on
            clicks._source_file = repeated._source_file
            and clicks._line_number = repeated._line_number

),

final as (

    select
        web_id,
        email_address,
        occurred_at,
        url,
        source_relation,
        source_file,
        line_number,
        loaded_at,
        {{ line_key(
            'mailchimp.click',
            [
                'web_id', timestamp_key('occurred_text', 'occurred_at'),
                'lower(email_address)', 'url',
            ],
            occurrence='occurrence',
            account='source_relation',
        ) }} as line_key,
        {{ reject_reason([
            {
                'column': 'Timestamp', 'raw': 'occurred_text', 'parsed': 'occurred_at',
                'expects': 'a time YYYY-MM-DD HH:MM:SS', 'required': true,
            },
            not_in_future('Timestamp', 'occurred_at'),
            {
                'column': 'Email', 'raw': 'email_address', 'parsed': 'email_address',
                'expects': 'an address', 'required': true,
            },
        ]) }} as reject_reason
    from typed

)

select * from final
