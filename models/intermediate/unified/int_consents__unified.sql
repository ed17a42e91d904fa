with consents as (
{{ union_systems('consents') | indent(4) }}
),

versions as (
    select * from {{ ref('int_contact_record_versions__unified') }}
),

people as (
    select * from {{ ref('int_contact_record_people') }}
),

events as (
    select * from {{ ref('int_email_events__unified') }}
),

campaigns as (
    select * from {{ ref('int_campaigns__unified') }}
),

lookup as (
    select * from {{ ref('int_contact_lookup') }}
),

addresses as (
    select * from {{ ref('int_email_addresses__normalized') }}
),

repeats as (
    select
        *,
        row_number() over (
            partition by line_key
            order by loaded_at, source_file, line_number
        ) as copy_rank
    from consents
),

declared as (
    select
        consents.line_key as consent_id,
        coalesce(ids.contact_id, emails.contact_id) as contact_id,
        cast(null as {{ dbt.type_string() }}) as contact_record_id,
        consents.source_contact_id,
        consents.email_raw,
        addresses.email_normalized,
        'consents' as origin,
        coalesce(consents.channel, 'email') as channel,
        coalesce(consents.scope_type, 'global') as scope_type,
        consents.scope_id,
        case when consents.status = 'resubscribed' then 'subscribed' else consents.status end
            as status,
        lower(consents.method) as method,
        consents.reason,
        consents.occurred_at,
        false as is_superseded,
        consents.source_system,
        consents.source_relation,
        consents.source_file,
        consents.loaded_at
    from repeats as consents
    left join lookup as ids
        on
            consents.source_system = ids.source_system
            and {{ lookup_relation('consents') }} = ids.source_relation
            and consents.source_contact_id = ids.lookup_value
    left join lookup as emails
        on
            consents.email_raw = emails.lookup_value
            and emails.source_system = '@'
    left join addresses on consents.email_raw = addresses.email_raw
    where consents.copy_rank = 1
),

record_states as (
    select
        contact_record_id,
        source_system,
        source_relation,
        source_list_id,
        email_consent,
        consent_at,
        consent_method,
        max(last_updated_at) as last_updated_at,
        max(last_changed_at) as last_changed_at,
        min(first_loaded_at) as first_loaded_at,
        max(last_loaded_at) as last_loaded_at,
        max(source_file) as source_file
    from versions
    where email_consent is not null
    group by
        contact_record_id,
        source_system,
        source_relation,
        source_list_id,
        email_consent,
        consent_at,
        consent_method
),

-- the last time a record said that its person has not decided, or never did
undecided as (
    select
        contact_record_id,
        max(last_changed_at) as last_changed_at,
        max(last_loaded_at) as last_loaded_at
    from record_states
    where email_consent in ('pending', 'never_subscribed')
    group by contact_record_id
),

-- a subscription without a date proves no later opt-in, so it stays undated, and one that is dated
-- was known when it was first seen; an unsubscription without a date held at least until the record
-- was last seen with it
recorded as (
    select
        {{ canonical_key([
            'states.contact_record_id', 'states.email_consent', 'states.consent_at',
            'states.consent_method',
        ]) }} as consent_id,
        people.contact_id,
        states.contact_record_id,
        cast(null as {{ dbt.type_string() }}) as source_contact_id,
        -- a record speaks for its person, at whatever address
        cast(null as {{ dbt.type_string() }}) as email_raw,
        cast(null as {{ dbt.type_string() }}) as email_normalized,
        'contact_record' as origin,
        'email' as channel,
        case when states.source_list_id is null then 'global' else 'list' end as scope_type,
        states.source_list_id as scope_id,
        states.email_consent as status,
        lower(states.consent_method) as method,
        cast(null as {{ dbt.type_string() }}) as reason,
        case
            when states.email_consent = 'unsubscribed'
                then coalesce(states.consent_at, states.last_loaded_at)
            else states.consent_at
        end as occurred_at,
        states.email_consent = 'subscribed'
        and coalesce(
            undecided.last_changed_at > states.last_changed_at
            or (
                undecided.last_changed_at = states.last_changed_at
                and undecided.last_loaded_at > states.last_loaded_at
            ),
            false
        ) as is_superseded,
        states.source_system,
        states.source_relation,
        states.source_file,
        case
            when states.email_consent = 'subscribed' then states.first_loaded_at
            else states.last_loaded_at
        end as loaded_at
    from record_states as states
    inner join people on states.contact_record_id = people.contact_record_id
    left join undecided on states.contact_record_id = undecided.contact_record_id
),

-- an account that keeps its contacts per list keeps consent per list; any other keeps one consent
list_accounts as (
    select
        source_system,
        source_relation,
        source_list_id
    from versions
    where source_list_id is not null
    group by source_system, source_relation, source_list_id
),

-- a scanner that follows the unsubscribe link still unsubscribes: signal quality plays no part here
observed as (
    select
        events.event_id as consent_id,
        events.contact_id,
        cast(null as {{ dbt.type_string() }}) as contact_record_id,
        events.source_contact_id,
        events.email_raw,
        addresses.email_normalized,
        'email_event' as origin,
        'email' as channel,
        case when list_accounts.source_list_id is null then 'global' else 'list' end as scope_type,
        list_accounts.source_list_id as scope_id,
        case when events.event_type = 'unsubscribe' then 'unsubscribed' else 'subscribed' end
            as status,
        case when events.event_type = 'unsubscribe' then 'link' end as method,
        events.native_type as reason,
        events.occurred_at,
        false as is_superseded,
        events.source_system,
        events.source_relation,
        events.source_file,
        events.loaded_at
    from events
    left join addresses on events.email_raw = addresses.email_raw
    left join campaigns on events.campaign_id = campaigns.campaign_id
    left join list_accounts
        on
            campaigns.source_system = list_accounts.source_system
            and campaigns.source_relation = list_accounts.source_relation
            and campaigns.source_list_id = list_accounts.source_list_id
    -- one exported line can tell both of the opt-out and of why: the declared one knows more
    left join declared on events.event_id = declared.consent_id
    where
        events.event_type in ('unsubscribe', 'subscribe', 'resubscribe')
        and declared.consent_id is null
),

final as (
    select * from declared
    union all
    select * from recorded
    union all
    select * from observed
)

select * from final
