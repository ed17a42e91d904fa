with contacts as (

    select * from {{ ref('stg_hubspot__contacts') }}
    where reject_reason is null

),

events as (

    {{ hubspot_standing_events(
        where="events.event_type in ('dropped', 'mta_dropped', 'suppressed', 'unbounce')"
    ) | indent(4) }}

),

opt_outs as (

    select * from {{ ref('stg_hubspot__opt_outs') }}
    where reject_reason is null

),

-- an empty cell and a column that was not exported look alike: only a file that knows of some
-- bounce can tell that another one is gone. The flags say false themselves
bounce_files as (

    select distinct source_file
    from contacts
    where hard_bounce_reason is not null

),

claims as (

    select
        contacts.*,
        'hard bounce reason' as claim,
        'hard_bounce' as cause,
        case
            when contacts.hard_bounce_reason is not null then true
            when bounce_files.source_file is not null then false
        end as holds
    from contacts
    left join bounce_files on contacts.source_file = bounce_files.source_file
    union all
    select
        contacts.*,
        'quarantined' as claim,
        'invalid' as cause,
        contacts.is_quarantined as holds
    from contacts
    union all
    select
        contacts.*,
        'invalid' as claim,
        'invalid' as cause,
        contacts.is_invalid_address as holds
    from contacts
    union all
    select
        contacts.*,
        'ineligible' as claim,
        'invalid' as cause,
        contacts.is_ineligible as holds
    from contacts

),

bouncing as (

    select
        *,
        lower(email) as address,
        updated_at as started_at
    from claims
    where holds

),

reachable as (

    select
        source_relation,
        lower(email) as address,
        claim,
        updated_at as changed_at
    from claims
    -- a line without a date that can be read may be older than what it would end
    where not holds and not is_undated

),

-- the reason is gone in a later export: HubSpot mails the address again. That another address of
-- the contact can be reached says nothing about this one
recoveries as (

    {{ suppression_ends('bouncing', 'reachable', ['address', 'claim']) | indent(4) }}

),

from_contacts as (

    select
        bouncing.source_relation,
        bouncing.source_file,
        bouncing.line_number,
        bouncing.loaded_at,
        bouncing.line_key,
        bouncing.record_id as source_contact_id,
        bouncing.email as email_raw,
        bouncing.cause,
        bouncing.started_at,
        recoveries.ended_at
    from bouncing
    left join recoveries
        on
            bouncing.source_file = recoveries.source_file
            and bouncing.line_number = recoveries.line_number
            and bouncing.claim = recoveries.claim

),

-- the account's own list has no dates: what it says held when it was read
from_list as (
    {% for flag, cause in {
        'is_opted_out': 'unsubscribe',
        'is_spam_report': 'complaint',
        'is_bounced': 'hard_bounce',
        'is_bounced_elsewhere': 'global_bounce',
    }.items() %}
    select
        source_relation,
        source_file,
        line_number,
        loaded_at,
        line_key,
        cast(null as {{ dbt.type_string() }}) as source_contact_id,
        email as email_raw,
        '{{ cause }}' as cause,
        loaded_at as started_at,
        cast(null as timestamp) as ended_at
    from opt_outs
    where {{ flag }}
    {{- '
    union all' if not loop.last }}
    {%- endfor %}

),

-- HubSpot dropped a message because it already held something against the address
from_drops as (

    select
        source_relation,
        source_file,
        line_number,
        loaded_at,
        line_key,
        cast(null as {{ dbt.type_string() }}) as source_contact_id,
        recipient as email_raw,
        {{ hubspot_drop_cause('drop_reason') }} as cause,
        occurred_at as started_at,
        cast(null as timestamp) as ended_at
    from events
    where event_type != 'unbounce' and {{ hubspot_drop_cause('drop_reason') }} is not null

),

-- an end without a start: it ends whatever the account knew of bounces until then
from_unbounces as (

    select
        source_relation,
        source_file,
        line_number,
        loaded_at,
        line_key,
        cast(null as {{ dbt.type_string() }}) as source_contact_id,
        recipient as email_raw,
        'hard_bounce' as cause,
        cast(null as timestamp) as started_at,
        occurred_at as ended_at
    from events
    where event_type = 'unbounce'

),

all_evidence as (

    select * from from_contacts
    union all
    select * from from_list
    union all
    select * from from_drops
    union all
    select * from from_unbounces

),

final as (

    select
        'hubspot' as source_system,
        all_evidence.*
    from all_evidence

)

select * from final
