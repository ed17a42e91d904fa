with account_campaigns as (

    select * from {{ ref('stg_mailchimp__account_campaigns') }}
    where reject_reason is null

),

campaigns as (

    select * from {{ ref('stg_mailchimp__campaign') }}
    where reject_reason is null

),

both_doors as (

    select
        source_relation,
        source_file,
        line_number,
        loaded_at,
        line_key,
        campaign_id,
        list_id,
        title,
        subject_line,
        campaign_type,
        sent_at
    from account_campaigns

    union all

    select
        source_relation,
        source_file,
        line_number,
        loaded_at,
        line_key,
        campaign_id,
        list_id,
        title,
        subject_line,
        campaign_type,
        sent_at
    from campaigns

),

-- `regular` may be anything, so it stays unknown
final as (

    {{ canonical_select(
        'campaigns', 'both_doors', 'mailchimp',
        given={
            'source_campaign_id': 'campaign_id',
            'name': 'title',
            'subject': 'subject_line',
            'campaign_type': "case when campaign_type like 'automation%' then 'automation'"
            ~ " when campaign_type = 'rss' then 'digest' end",
            'source_list_id': 'list_id',
        },
        missing=['reactivation_step'],
    ) }}

)

select * from final
