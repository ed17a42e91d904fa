{{ incremental_by_file('mailchimp', 'granular_opens') }}

with opens as (

    select * from {{ source('mailchimp', 'granular_opens') }}
    {{ only_new_files() }}

),

repeated as (

    {{ repeated_lines('opens', ['occurred_at', 'email_address']) }}

),

typed as (

    select
        -- <web id>_<title>.csv: the file name is the only trace of the campaign
        split_part(split_part(opens._source_file, '/', -1), '_', 1) as web_id,
        {{ clean_text('opens.email_address') }} as email_address,
        {{ parse_timestamp('opens.occurred_at') }} as occurred_at,
        {{ parse_boolean('opens.is_proxy_open') }} as is_proxy_open,
        opens.occurred_at as occurred_text,
        repeated.occurrence,
        opens._source_relation as source_relation,
        opens._source_file as source_file,
        opens._line_number as line_number,
        opens._loaded_at as loaded_at
    from opens
    left join repeated
        on
            opens._source_file = repeated._source_file
            and opens._line_number = repeated._line_number

),

final as (

    select
        web_id,
        email_address,
        occurred_at,
        is_proxy_open,
        source_relation,
        source_file,
        line_number,
        loaded_at,
        {{ line_key(
            'mailchimp.open',
            [
                'web_id', timestamp_key('occurred_text', 'occurred_at'),
                'lower(email_address)',
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
