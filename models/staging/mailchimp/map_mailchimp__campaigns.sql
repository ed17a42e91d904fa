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

final as (

    select
        'mailchimp' as source_system,
        source_relation,
        source_file,
        line_number,
        loaded_at,
        line_key,
        campaign_id as source_campaign_id,
        title as name,
        subject_line as subject,
        -- `regular` may be anything, so it stays unknown
        case
            when campaign_type like 'automation%' then 'automation'
            when campaign_type = 'rss' then 'digest'
        end as campaign_type,
        cast(null as {{ dbt.type_string() }}) as reactivation_step,
        sent_at,
        list_id as source_list_id
    from both_doors

)

select * from final
