-- `cleaned`: Mailchimp gave the address up after hard bounces. It ends when a later line of the
-- same address says subscribed again. A complaint may name no campaign and so be no event: it is
-- taken from the member, and nothing ends it.
with audience_members as (

    select * from {{ ref('stg_mailchimp__audience_members') }}
    where reject_reason is null

),

members as (

    select * from {{ ref('stg_mailchimp__member') }}
    where reject_reason is null

),

aggregate_opt_outs as (

    select
        *,
        {{ text_md5('lower(email_address)') }} as address_md5
    from {{ ref('stg_mailchimp__aggregate_opt_outs') }}
    where reject_reason is null

),

account_campaigns as (

    select * from {{ ref('stg_mailchimp__account_campaigns') }}
    where reject_reason is null

),

web_campaigns as (

    {{ mailchimp_web_campaigns('account_campaigns') | indent(4) }}

),

both_doors as (

    select
        source_relation,
        source_file,
        line_number,
        loaded_at,
        line_key,
        coalesce(euid, {{ text_md5('lower(email_address)') }}) as source_contact_id,
        {{ text_md5('lower(email_address)') }} as address_md5,
        coalesce(list_id, '') as list_id,
        email_address,
        status,
        coalesce(cleaned_at, changed_at) as started_at,
        coalesce(changed_at, confirmed_at, opted_in_at) as changed_at
    from audience_members
    where status in ('cleaned', 'subscribed')

    union all

    select
        source_relation,
        source_file,
        line_number,
        loaded_at,
        line_key,
        coalesce(unique_email_id, member_id) as source_contact_id,
        -- which the member id is, where the connector tells no address
        coalesce({{ text_md5('lower(email_address)') }}, lower(member_id)) as address_md5,
        list_id,
        email_address,
        status,
        changed_at as started_at,
        changed_at
    from members
    where status in ('cleaned', 'subscribed')

),

cleaned as (

    select * from both_doors
    where status = 'cleaned'

),

subscribed as (

    select * from both_doors
    where status = 'subscribed'

),

recoveries as (

    {{ suppression_ends('cleaned', 'subscribed', ['address_md5', 'list_id']) | indent(4) }}

),

from_cleaned as (

    select
        cleaned.source_relation,
        cleaned.source_file,
        cleaned.line_number,
        cleaned.loaded_at,
        cleaned.line_key,
        cleaned.source_contact_id,
        cleaned.email_address as email_raw,
        'hard_bounce' as cause,
        cleaned.started_at,
        recoveries.ended_at
    from cleaned
    left join recoveries
        on
            cleaned.source_file = recoveries.source_file
            and cleaned.line_number = recoveries.line_number

),

from_complaints as (

    select
        source_relation,
        source_file,
        line_number,
        loaded_at,
        line_key,
        coalesce(euid, {{ text_md5('lower(email_address)') }}) as source_contact_id,
        email_address as email_raw,
        'complaint' as cause,
        unsubscribed_at as started_at,
        cast(null as timestamp) as ended_at
    from audience_members
    where
        status = 'unsubscribed'
        and {{ mailchimp_unsubscribe_type('unsubscribe_reason') }} = 'complaint'

),

-- the account export does not date bounces and reports of a campaign: not before it was sent
bounced as (

    select
        aggregate_opt_outs.source_relation,
        aggregate_opt_outs.source_file,
        aggregate_opt_outs.line_number,
        aggregate_opt_outs.loaded_at,
        aggregate_opt_outs.line_key,
        aggregate_opt_outs.address_md5,
        aggregate_opt_outs.email_address,
        aggregate_opt_outs.opt_out_cause,
        web_campaigns.sent_at as started_at
    from aggregate_opt_outs
    left join web_campaigns
        on
            aggregate_opt_outs.source_relation = web_campaigns.source_relation
            and aggregate_opt_outs.web_id = web_campaigns.web_id
    where aggregate_opt_outs.opt_out_cause in ('hard_bounce', 'complaint')

),

bounce_recoveries as (

    {{ suppression_ends('bounced', 'subscribed', ['address_md5']) | indent(4) }}

),

from_aggregate as (

    select
        bounced.source_relation,
        bounced.source_file,
        bounced.line_number,
        bounced.loaded_at,
        bounced.line_key,
        bounced.address_md5 as source_contact_id,
        bounced.email_address as email_raw,
        bounced.opt_out_cause as cause,
        bounced.started_at,
        case when bounced.opt_out_cause = 'hard_bounce' then bounce_recoveries.ended_at end
            as ended_at
    from bounced
    left join bounce_recoveries
        on
            bounced.source_file = bounce_recoveries.source_file
            and bounced.line_number = bounce_recoveries.line_number

),

all_evidence as (

    select * from from_cleaned
    union all
    select * from from_complaints
    union all
    select * from from_aggregate

),

final as (

    select
        'mailchimp' as source_system,
        all_evidence.*
    from all_evidence

)

select * from final
