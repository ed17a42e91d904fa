{%- set text_type = dbt.type_string() -%}

with opens as (

    select * from {{ ref('stg_mailchimp__granular_opens') }}
    where reject_reason is null

),

clicks as (

    select * from {{ ref('stg_mailchimp__granular_clicks') }}
    where reject_reason is null

),

recipients as (

    select * from {{ ref('stg_mailchimp__aggregate_recipients') }}
    where reject_reason is null

),

audience_members as (

    select * from {{ ref('stg_mailchimp__audience_members') }}
    where reject_reason is null

),

account_campaigns as (

    select * from {{ ref('stg_mailchimp__account_campaigns') }}
    where reject_reason is null

),

activity as (

    select * from {{ ref('stg_mailchimp__campaign_recipient_activity') }}
    where reject_reason is null

),

campaign_recipients as (

    select * from {{ ref('stg_mailchimp__campaign_recipient') }}
    where reject_reason is null

),

unsubscribes as (

    select * from {{ ref('stg_mailchimp__unsubscribe') }}
    where reject_reason is null

),

members as (

    select * from {{ ref('stg_mailchimp__member') }}
    where reject_reason is null

),

connector_campaigns as (

    select * from {{ ref('stg_mailchimp__campaign') }}
    where reject_reason is null

),

-- one line per campaign whatever the number of exports, or the joins below would multiply events
web_campaigns as (

    {{ mailchimp_web_campaigns('account_campaigns') | indent(4) }}

),

campaigns as (

    select
        source_relation,
        campaign_id,
        max(sent_at) as sent_at
    from connector_campaigns
    group by source_relation, campaign_id

),

people as (

    {{ mailchimp_people('members') | indent(4) }}

),

from_opens as (

    select
        opens.source_relation,
        opens.source_file,
        opens.line_number,
        opens.loaded_at,
        opens.line_key,
        cast(null as {{ text_type }}) as source_contact_id,
        opens.email_address as email_raw,
        coalesce(web_campaigns.campaign_id, opens.web_id) as source_campaign_id,
        'open' as event_type,
        'open' as native_type,
        opens.occurred_at,
        nullif(opens.is_proxy_open, false) as is_machine,
        cast(null as {{ text_type }}) as url,
        cast(null as {{ text_type }}) as ip,
        cast(null as {{ text_type }}) as bounce_class
    from opens
    left join web_campaigns
        on
            opens.source_relation = web_campaigns.source_relation
            and opens.web_id = web_campaigns.web_id

),

from_clicks as (

    select
        clicks.source_relation,
        clicks.source_file,
        clicks.line_number,
        clicks.loaded_at,
        clicks.line_key,
        cast(null as {{ text_type }}) as source_contact_id,
        clicks.email_address as email_raw,
        coalesce(web_campaigns.campaign_id, clicks.web_id) as source_campaign_id,
        'click' as event_type,
        'click' as native_type,
        clicks.occurred_at,
        cast(null as boolean) as is_machine,
        clicks.url,
        cast(null as {{ text_type }}) as ip,
        cast(null as {{ text_type }}) as bounce_class
    from clicks
    left join web_campaigns
        on
            clicks.source_relation = web_campaigns.source_relation
            and clicks.web_id = web_campaigns.web_id

),

-- the account export lists who got a campaign, by whether they opened it, and not when
from_recipients as (

    select
        recipients.source_relation,
        recipients.source_file,
        recipients.line_number,
        recipients.loaded_at,
        recipients.line_key,
        cast(null as {{ text_type }}) as source_contact_id,
        recipients.email_address as email_raw,
        coalesce(web_campaigns.campaign_id, recipients.web_id) as source_campaign_id,
        'sent' as event_type,
        'recipient' as native_type,
        web_campaigns.sent_at as occurred_at,
        cast(null as boolean) as is_machine,
        cast(null as {{ text_type }}) as url,
        cast(null as {{ text_type }}) as ip,
        cast(null as {{ text_type }}) as bounce_class
    from recipients
    left join web_campaigns
        on
            recipients.source_relation = web_campaigns.source_relation
            and recipients.web_id = web_campaigns.web_id

),

-- only those that left by a message: an administrator's or an import's is no event of the person.
-- Each later export repeats the line, possibly with other columns changed, so the key is its own.
from_unsubscribed_members as (

    select
        audience_members.source_relation,
        audience_members.source_file,
        audience_members.line_number,
        audience_members.loaded_at,
        {{ line_key(
            'mailchimp.unsubscribed_member',
            [
                'coalesce(audience_members.euid, lower(audience_members.email_address))',
                'audience_members.list_id',
                'audience_members.unsubscribe_campaign_id',
                'audience_members.unsubscribed_at',
            ],
            account='audience_members.source_relation',
        ) }} as line_key,
        coalesce(
            audience_members.euid, {{ text_md5('lower(audience_members.email_address)') }}
        ) as source_contact_id,
        audience_members.email_address as email_raw,
        coalesce(
            web_campaigns.campaign_id, audience_members.unsubscribe_campaign_id
        ) as source_campaign_id,
        {{ mailchimp_unsubscribe_type('audience_members.unsubscribe_reason') }} as event_type,
        'unsubscribed' as native_type,
        audience_members.unsubscribed_at as occurred_at,
        cast(null as boolean) as is_machine,
        cast(null as {{ text_type }}) as url,
        cast(null as {{ text_type }}) as ip,
        cast(null as {{ text_type }}) as bounce_class
    from audience_members
    left join web_campaigns
        on
            audience_members.source_relation = web_campaigns.source_relation
            and audience_members.unsubscribe_campaign_id = web_campaigns.web_id
    where
        audience_members.status = 'unsubscribed'
        and audience_members.unsubscribe_campaign_id is not null
        and audience_members.unsubscribed_at is not null

),

from_activity as (

    select
        activity.source_relation,
        activity.source_file,
        activity.line_number,
        activity.loaded_at,
        activity.line_key,
        coalesce(people.unique_email_id, activity.member_id) as source_contact_id,
        people.email_address as email_raw,
        activity.campaign_id as source_campaign_id,
        -- a bounce without its type is no ground to give an address up
        case
            when activity.action = 'bounce' and activity.bounce_type = 'hard' then 'bounce_hard'
            when activity.action = 'bounce' then 'bounce_soft'
            else activity.action
        end as event_type,
        activity.action as native_type,
        activity.occurred_at,
        case when activity.action = 'open' then nullif(activity.is_proxy_open, false) end
            as is_machine,
        activity.url,
        activity.ip,
        activity.bounce_type as bounce_class
    from activity
    left join people
        on
            activity.source_relation = people.source_relation
            and activity.member_id = people.member_id

),

from_campaign_recipients as (

    select
        campaign_recipients.source_relation,
        campaign_recipients.source_file,
        campaign_recipients.line_number,
        campaign_recipients.loaded_at,
        campaign_recipients.line_key,
        coalesce(people.unique_email_id, campaign_recipients.member_id) as source_contact_id,
        people.email_address as email_raw,
        campaign_recipients.campaign_id as source_campaign_id,
        'sent' as event_type,
        'recipient' as native_type,
        campaigns.sent_at as occurred_at,
        cast(null as boolean) as is_machine,
        cast(null as {{ text_type }}) as url,
        cast(null as {{ text_type }}) as ip,
        cast(null as {{ text_type }}) as bounce_class
    from campaign_recipients
    left join campaigns
        on
            campaign_recipients.source_relation = campaigns.source_relation
            and campaign_recipients.campaign_id = campaigns.campaign_id
    left join people
        on
            campaign_recipients.source_relation = people.source_relation
            and campaign_recipients.member_id = people.member_id

),

from_unsubscribes as (

    select
        unsubscribes.source_relation,
        unsubscribes.source_file,
        unsubscribes.line_number,
        unsubscribes.loaded_at,
        unsubscribes.line_key,
        coalesce(people.unique_email_id, unsubscribes.member_id) as source_contact_id,
        people.email_address as email_raw,
        unsubscribes.campaign_id as source_campaign_id,
        {{ mailchimp_unsubscribe_type('unsubscribes.reason') }} as event_type,
        'unsubscribe' as native_type,
        unsubscribes.occurred_at,
        cast(null as boolean) as is_machine,
        cast(null as {{ text_type }}) as url,
        cast(null as {{ text_type }}) as ip,
        cast(null as {{ text_type }}) as bounce_class
    from unsubscribes
    left join people
        on
            unsubscribes.source_relation = people.source_relation
            and unsubscribes.member_id = people.member_id

),

all_doors as (

    select * from from_opens
    union all
    select * from from_clicks
    union all
    select * from from_recipients
    union all
    select * from from_unsubscribed_members
    union all
    select * from from_activity
    union all
    select * from from_campaign_recipients
    union all
    select * from from_unsubscribes

),

final as (

    select
        'mailchimp' as source_system,
        source_relation,
        source_file,
        line_number,
        loaded_at,
        line_key,
        cast(null as {{ text_type }}) as source_event_id,
        source_contact_id,
        email_raw,
        source_campaign_id,
        event_type,
        native_type,
        occurred_at,
        -- only a send of a campaign that the exports do not date lacks a time
        case when occurred_at is null then 'unknown' else 'second' end as time_precision,
        1 as event_count,
        is_machine,
        case when is_machine then 'proxy' end as machine_reason,
        url,
        case
            when event_type != 'click' or url is null then null
            when url like '%/unsubscribe%' then 'unsubscribe'
            when url like '%list-manage.com/profile%' then 'preference'
            when url like '%campaign-archive.com%' then 'mirror'
            else 'content'
        end as link_kind,
        cast(null as {{ text_type }}) as user_agent,
        ip,
        bounce_class
    from all_doors

)

select * from final
