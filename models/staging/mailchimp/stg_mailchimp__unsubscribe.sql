{{ incremental_by_file('mailchimp', 'unsubscribe') }}

with unsubscribes as (

    select * from {{ source('mailchimp', 'unsubscribe') }}
    {{ only_new_files() }}

),

typed as (

    select
        {{ clean_text('campaign_id') }} as campaign_id,
        {{ clean_text('member_id') }} as member_id,
        {{ clean_text('list_id') }} as list_id,
        {{ clean_text('reason') }} as reason,
        {{ parse_timestamp('occurred_at') }} as occurred_at,
        occurred_at as occurred_text,
        _source_relation as source_relation,
        _source_file as source_file,
        _line_number as line_number,
        _loaded_at as loaded_at
    from unsubscribes

),

final as (

    select
        campaign_id,
        member_id,
        list_id,
        reason,
        occurred_at,
        source_relation,
        source_file,
        line_number,
        loaded_at,
        {{ line_key(
            'mailchimp.unsubscribe',
            ['campaign_id', 'member_id', 'list_id', 'occurred_at'],
            account='source_relation',
        ) }} as line_key,
        {{ reject_reason([
            {
                'column': 'member_id', 'raw': 'member_id', 'parsed': 'member_id',
                'expects': 'a member id', 'required': true,
            },
            {
                'column': 'timestamp', 'raw': 'occurred_text', 'parsed': 'occurred_at',
                'expects': 'an ISO time', 'required': true,
            },
            not_in_future('timestamp', 'occurred_at'),
        ]) }} as reject_reason
    from typed

)

select * from final
