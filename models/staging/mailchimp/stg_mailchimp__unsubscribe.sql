{{ incremental_by_file('mailchimp', 'unsubscribe') }}

{%- set rejects = [
    {
        'column': 'member_id', 'raw': 'member_id', 'parsed': 'member_id',
        'expects': 'a member id', 'required': true,
    },
    {
        'column': 'timestamp', 'raw': 'occurred_text', 'parsed': 'occurred_at',
        'expects': 'an ISO time', 'required': true,
    },
    not_in_future('timestamp', 'occurred_at'),
    {
        'column': 'timestamp', 'when': 'occurred_at < ' ~ mailchimp_began(),
        'because': 'before there was Mailchimp',
    },
] -%}

with unsubscribes as (

    select * from {{ source('mailchimp', 'unsubscribe') }}
    {{ only_new_files() }}

),

typed as (

    select
        {{ clean_id('campaign_id') }} as campaign_id,
        {{ clean_id('member_id') }} as member_id,
        {{ clean_id('list_id') }} as list_id,
        {{ clean_text('reason') }} as reason,
        {{ parse_timestamp('occurred_at') }} as occurred_at,
        occurred_at as occurred_text,
        extra,
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
        {{ reject_reason(rejects) }} as reject_reason,
        -- every line of this table says leave
        {{ mailchimp_unsubscribe_type('reason') }} as opt_out_cause,
        case
            when {{ reject_reason(rejects) }} is not null
                then {{ line_text(['campaign_id', 'member_id', 'reason', 'extra']) }}
        end as opt_out_text
    from typed

)

select * from final
