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

both_doors as (

    select * from from_audience
    union all
    select * from from_connector

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
    from both_doors

)

select * from final
