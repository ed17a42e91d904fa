{{ incremental_by_file('mailchimp', 'aggregate_recipients') }}

with recipients as (

    select * from {{ source('mailchimp', 'aggregate_recipients') }}
    {{ only_new_files() }}

),

typed as (

    select
        {{ mailchimp_web_id('_source_file') }} as web_id,
        {{ clean_value('email_address') }} as email_address,
        _source_relation as source_relation,
        _source_file as source_file,
        _line_number as line_number,
        _loaded_at as loaded_at
    from recipients

),

final as (

    select
        *,
        -- opened or not opened, once or in two exports: one recipient of one campaign
        {{ line_key(
            'mailchimp.recipient',
            ['web_id', 'lower(email_address)'],
            account='source_relation',
        ) }} as line_key,
        {{ reject_reason([
            mailchimp_file_named(),
            {
                'column': 'Email', 'raw': 'email_address', 'parsed': 'email_address',
                'expects': 'an address', 'required': true,
            },
        ]) }} as reject_reason
    from typed

)

select * from final
