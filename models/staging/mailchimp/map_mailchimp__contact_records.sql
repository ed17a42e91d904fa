with audience_members as (

    select * from {{ ref('stg_mailchimp__audience_members') }}
    where reject_reason is null

),

members as (

    select * from {{ ref('stg_mailchimp__member') }}
    where reject_reason is null

),

both_doors as (

    select
        source_relation,
        source_file,
        line_number,
        loaded_at,
        line_key,
        coalesce(euid, {{ text_md5('lower(email_address)') }}) as source_contact_id,
        list_id,
        email_address,
        first_name,
        last_name,
        region,
        country_code,
        cast(null as {{ dbt.type_string() }}) as language,
        timezone,
        status,
        has_email_permission,
        opted_in_at,
        has_optin_ip,
        confirmed_at,
        changed_at,
        unsubscribed_at,
        unsubscribe_campaign_id,
        unsubscribe_reason,
        cleaned_at,
        false as is_deleted,
        extra
    from audience_members

    union all

    select
        source_relation,
        source_file,
        line_number,
        loaded_at,
        line_key,
        coalesce(unique_email_id, member_id) as source_contact_id,
        list_id,
        email_address,
        first_name,
        last_name,
        cast(null as {{ dbt.type_string() }}) as region,
        country_code,
        language,
        timezone,
        status,
        cast(null as boolean) as has_email_permission,
        opted_in_at,
        has_optin_ip,
        confirmed_at,
        changed_at,
        -- the connector keeps no date of the status: the last change is the latest it can be
        case when status = 'unsubscribed' then changed_at end as unsubscribed_at,
        cast(null as {{ dbt.type_string() }}) as unsubscribe_campaign_id,
        cast(null as {{ dbt.type_string() }}) as unsubscribe_reason,
        case when status = 'cleaned' then changed_at end as cleaned_at,
        is_deleted,
        extra
    from members

),

records as (

    select
        source_relation,
        source_file,
        line_number,
        loaded_at,
        line_key,
        source_contact_id,
        list_id as source_list_id,
        email_address as email_raw,
        first_name,
        last_name,
        region,
        country_code,
        language,
        timezone,
        coalesce(opted_in_at, confirmed_at) as created_at,
        -- each file shape has one of these; greatest() passes over the nulls
        greatest(changed_at, unsubscribed_at, cleaned_at, confirmed_at, opted_in_at) as updated_at,
        -- archived says where the member is kept, cleaned that mail bounces: neither is a choice
        case
            when status = 'unsubscribed' then 'unsubscribed'
            when status in ('transactional', 'nonsubscribed') then 'never_subscribed'
            -- a subscriber who was asked for permissions and gave none for e-mail said no yes
            when status in ('subscribed', 'pending') and not coalesce(has_email_permission, true)
                then 'never_subscribed'
            when status in ('subscribed', 'pending') then status
        end as email_consent,
        case
            -- without a time it held when the file was read: no opt-in before that lifts it
            when status = 'unsubscribed' then coalesce(unsubscribed_at, loaded_at)
            when not coalesce(has_email_permission, true) then null
            when status = 'subscribed' and has_optin_ip and opted_in_at is not null
                then opted_in_at
            when status = 'subscribed' then coalesce(confirmed_at, opted_in_at)
            when status = 'pending' then coalesce(opted_in_at, changed_at)
        end as consent_at,
        case
            when status = 'unsubscribed' and lower(unsubscribe_reason) like '%abuse%'
                then 'complaint'
            when status = 'unsubscribed' and unsubscribe_campaign_id is not null then 'link'
            when status = 'unsubscribed' and lower(unsubscribe_reason) like '%admin%' then 'admin'
            -- an import fills CONFIRM_TIME with its own time: only time and address of the opt-in
            -- show that the person acted
            when
                status in ('subscribed', 'pending') and has_optin_ip and opted_in_at is not null
                then 'form'
            when status = 'subscribed' then 'import'
        end as consent_method,
        is_deleted,
        extra
    from both_doors

),

final as (

    {{ canonical_select(
        'contact_records', 'records', 'mailchimp',
        missing=[
            'birth_date', 'gender', 'city', 'profession', 'sector', 'email_tracking_allowed',
            'preferences', 'social_influence_score', 'merged_into_source_id', 'denies_opt_out',
        ],
    ) }}

)

select * from final
