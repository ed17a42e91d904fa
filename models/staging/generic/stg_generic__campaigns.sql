with source as (
    select * from {{ source('generic', 'campaigns') }}
),

typed as (
    select
        {{ clean_text('source.campaign_id') }} as source_campaign_id,
        {{ clean_text('source.name') }} as name,
        {{ clean_text('source.subject') }} as subject,
        {{ parse_choice('source.campaign_type', campaign_types()) }} as campaign_type,
        {{ clean_text('source.reactivation_step') }} as reactivation_step,
        {{ parse_timestamp('source.sent_at') }} as sent_at,
        {{ clean_text('source.list_id') }} as source_list_id,
        source.campaign_type as campaign_type_text,
        source.sent_at as sent_at_text,
        source._source_relation as source_relation,
        source._source_file as source_file,
        source._line_number as line_number,
        source._loaded_at as loaded_at
    from source
),

final as (
    select
        source_campaign_id,
        name,
        subject,
        campaign_type,
        reactivation_step,
        sent_at,
        source_list_id,
        source_relation,
        source_file,
        line_number,
        loaded_at,
        {{ line_key('generic.campaigns', [
            'source_campaign_id',
        ], account='source_relation') }} as line_key,
        {{ reject_reason([
            {
                'column': 'campaign_id', 'raw': 'source_campaign_id',
                'parsed': 'source_campaign_id',
                'required': true,
                'expects': 'a value',
            },
            {
                'column': 'campaign_type', 'raw': 'campaign_type_text', 'parsed': 'campaign_type',
                'expects': 'one of ' ~ campaign_types() | join(', '),
            },
            {
                'column': 'sent_at', 'raw': 'sent_at_text', 'parsed': 'sent_at',
                'expects': 'an ISO-8601 time such as 2026-04-05 21:06:21',
            },
        ]) }} as reject_reason
    from typed
)

select * from final
