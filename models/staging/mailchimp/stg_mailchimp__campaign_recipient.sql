{{ incremental_by_file('mailchimp', 'campaign_recipient') }}

with recipients as (

    select * from {{ source('mailchimp', 'campaign_recipient') }}
    {{ only_new_files() }}

),

typed as (

    select
        {{ clean_id('campaign_id') }} as campaign_id,
        {{ clean_id('member_id') }} as member_id,
        {{ clean_id('list_id') }} as list_id,
        _source_relation as source_relation,
        _source_file as source_file,
        _line_number as line_number,
        _loaded_at as loaded_at
    from recipients

),

final as (

    select
        *,
        {{ line_key(
            'mailchimp.recipient',
            ['campaign_id', 'member_id'],
            account='source_relation',
        ) }} as line_key,
        {{ reject_reason([
            {
                'column': 'campaign_id', 'raw': 'campaign_id', 'parsed': 'campaign_id',
                'expects': 'a campaign id', 'required': true,
            },
            {
                'column': 'member_id', 'raw': 'member_id', 'parsed': 'member_id',
                'expects': 'a member id', 'required': true,
            },
        ]) }} as reject_reason
    from typed

)

select * from final
