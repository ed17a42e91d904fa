-- what the records' own status does not say: the reason, and the time of each unsubscribe
with audience_members as (

    select * from {{ ref('stg_mailchimp__audience_members') }}
    where reject_reason is null

),

members as (

    select * from {{ ref('stg_mailchimp__member') }}
    where reject_reason is null

),

unsubscribes as (

    select * from {{ ref('stg_mailchimp__unsubscribe') }}
    where reject_reason is null

),

aggregate_opt_outs as (

    select * from {{ ref('stg_mailchimp__aggregate_opt_outs') }}
    where reject_reason is null

),

account_campaigns as (

    select * from {{ ref('stg_mailchimp__account_campaigns') }}
    where reject_reason is null

),

web_campaigns as (

    {{ mailchimp_web_campaigns('account_campaigns') | indent(4) }}

),

people as (

    {{ mailchimp_people('members') | indent(4) }}

),

from_audience as (

    select
        source_relation,
        source_file,
        line_number,
        loaded_at,
        line_key,
        coalesce(euid, {{ text_md5('lower(email_address)') }}) as source_contact_id,
        email_address as email_raw,
        list_id,
        case
            when lower(unsubscribe_reason) like '%abuse%' then 'complaint'
            when unsubscribe_campaign_id is not null then 'link'
            when lower(unsubscribe_reason) like '%admin%' then 'admin'
        end as method,
        unsubscribe_reason as reason,
        unsubscribed_at as occurred_at
    from audience_members
    where status = 'unsubscribed' and unsubscribed_at is not null

),

from_connector as (

    select
        unsubscribes.source_relation,
        unsubscribes.source_file,
        unsubscribes.line_number,
        unsubscribes.loaded_at,
        unsubscribes.line_key,
        coalesce(people.unique_email_id, unsubscribes.member_id) as source_contact_id,
        people.email_address as email_raw,
        unsubscribes.list_id,
        case
            when lower(unsubscribes.reason) like '%abuse%' then 'complaint'
            when unsubscribes.campaign_id is not null then 'link'
        end as method,
        unsubscribes.reason,
        unsubscribes.occurred_at
    from unsubscribes
    left join people
        on
            unsubscribes.source_relation = people.source_relation
            and unsubscribes.member_id = people.member_id

),

-- the account export does not date who left by a campaign: not before it was sent
from_aggregate as (

    select
        aggregate_opt_outs.source_relation,
        aggregate_opt_outs.source_file,
        aggregate_opt_outs.line_number,
        aggregate_opt_outs.loaded_at,
        aggregate_opt_outs.line_key,
        {{ text_md5('lower(aggregate_opt_outs.email_address)') }} as source_contact_id,
        aggregate_opt_outs.email_address as email_raw,
        cast(null as {{ dbt.type_string() }}) as list_id,
        'link' as method,
        aggregate_opt_outs.reason,
        web_campaigns.sent_at as occurred_at
    from aggregate_opt_outs
    left join web_campaigns
        on
            aggregate_opt_outs.source_relation = web_campaigns.source_relation
            and aggregate_opt_outs.web_id = web_campaigns.web_id
    where aggregate_opt_outs.opt_out_cause = 'unsubscribe'

),

all_doors as (

    select * from from_audience
    union all
    select * from from_connector
    union all
    select * from from_aggregate

),

final as (

    select
        'mailchimp' as source_system,
        source_relation,
        source_file,
        line_number,
        loaded_at,
        line_key,
        source_contact_id,
        email_raw,
        'email' as channel,
        case when list_id is null then 'global' else 'list' end as scope_type,
        list_id as scope_id,
        'unsubscribed' as status,
        method,
        reason,
        occurred_at
    from all_doors

)

select * from final
