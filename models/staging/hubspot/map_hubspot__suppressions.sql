with contacts as (

    select * from {{ ref('stg_hubspot__contacts') }}
    where reject_reason is null

),

events as (

    {{ hubspot_standing_events(
        where="events.event_type in ('dropped', 'mta_dropped', 'suppressed', 'unbounce')"
    ) | indent(4) }}

),

bouncing as (

    select
        *,
        updated_at as started_at
    from contacts
    where hard_bounce_reason is not null

),

-- an empty cell and a column that was not exported look alike: only a file that knows of some
-- bounce can tell that another one is gone
reporting_files as (

    select distinct source_file from bouncing

),

reachable as (

    select
        contacts.source_relation,
        contacts.record_id,
        contacts.updated_at as changed_at
    from contacts
    inner join reporting_files on contacts.source_file = reporting_files.source_file
    where contacts.hard_bounce_reason is null

),

-- the reason is gone in a later export: HubSpot mails the contact again
recoveries as (

    {{ suppression_ends('bouncing', 'reachable', ['record_id']) | indent(4) }}

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
        'hard_bounce' as cause,
        bouncing.started_at,
        recoveries.ended_at
    from bouncing
    left join recoveries
        on
            bouncing.source_file = recoveries.source_file
            and bouncing.line_number = recoveries.line_number

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
