{{ config(post_hook="{{ note_recorded_files() }}") }}

{#- Built from what it held before and from what today's files say, so it only grows: no replaced,
    shorter, forgotten or refused file takes a row out, and neither does --full-refresh, under which
    dbt builds a table anew from the same query. -#}
{%- set is_remembered = built_before() -%}
{%- set key_columns = [
    'identifier_type', 'address_sha256', 'source_contact_id', 'cause', 'scope_type', 'scope_id',
    'source_system', 'source_relation',
] -%}

-- depends_on: {{ ref('int_line_counts__unified') }}
with evidence as (
    select * from {{ ref('int_suppression_evidence__identified') }}
),

erased as (
    select * from {{ source('landing', 'erased') }}
),

-- by files that were gone before a run could record what they said
leavers as (
    select * from {{ source('landing', 'landing_leavers') }}
),

span as (
    select * from {{ ref('int_activity_span') }}
),

consents as (
    select * from {{ ref('int_consents__unified') }}
),

versions as (
    select * from {{ ref('int_contact_record_versions__unified') }}
),

record_people as (
    select * from {{ ref('int_contact_record_people') }}
),

identities as (
    select * from {{ ref('int_contact_identities') }}
),

lookup as (
    select * from {{ ref('int_contact_lookup') }}
),

addresses as (
    select * from {{ ref('int_email_addresses__listed') }}
),

-- an address is kept as its hash alone; an id of the source as it is
keyed as (
    select
        identifier_type,
        case when identifier_type = 'email' then {{ sha256_hex('identifier_value') }} end
            as address_sha256,
        case when identifier_type = 'email' then {{ text_md5('identifier_value') }} end
            as address_md5,
        case when identifier_type = 'source_id' then identifier_value end as source_contact_id,
        cause,
        scope_type,
        scope_id,
        source_system,
        source_relation,
        -- a line that only ends something is no evidence. Undated evidence held at the latest when
        -- its file was read
        case
            when started_at is not null or ended_at is null
                then coalesce(started_at, loaded_at)
        end as evidence_at,
        ended_at,
        source_file,
        loaded_at
    from evidence
),

-- an end (HubSpot's UNBOUNCE) ends what the same account knew of the same address until then,
-- whatever line said it; another address of the same person stays as dead as it was
ends as (
    select
        identifier_type,
        address_sha256,
        source_contact_id,
        cause,
        source_system,
        source_relation,
        max(ended_at) as ended_at
    from keyed
    where ended_at is not null
    group by
        identifier_type, address_sha256, source_contact_id, cause, source_system, source_relation
),

known as (
    select
        identifier_type,
        address_sha256,
        address_md5,
        source_contact_id,
        cause,
        scope_type,
        scope_id,
        source_system,
        source_relation,
        evidence_at as first_evidence_at,
        evidence_at as last_evidence_at,
        source_file as evidence,
        loaded_at as last_loaded_at,
        cast(null as timestamp) as lifted_at,
        cast(null as {{ dbt.type_string() }}) as lifted_by,
        1 as is_told
    from keyed
    where evidence_at is not null
    union all
    select
        'email' as identifier_type,
        address_sha256,
        cast(null as {{ dbt.type_string() }}) as address_md5,
        cast(null as {{ dbt.type_string() }}) as source_contact_id,
        'gdpr_erasure' as cause,
        'global' as scope_type,
        cast(null as {{ dbt.type_string() }}) as scope_id,
        'winback' as source_system,
        'erase' as source_relation,
        erased_at as first_evidence_at,
        erased_at as last_evidence_at,
        'winback erase' as evidence,
        erased_at as last_loaded_at,
        cast(null as timestamp) as lifted_at,
        cast(null as {{ dbt.type_string() }}) as lifted_by,
        1 as is_told
    from erased
    union all
    select
        case when address_sha256 is null then 'source_id' else 'email' end as identifier_type,
        address_sha256,
        address_md5,
        source_contact_id,
        cause,
        scope_type,
        scope_id,
        source_system,
        source_relation,
        left_at as first_evidence_at,
        left_at as last_evidence_at,
        source_file as evidence,
        loaded_at as last_loaded_at,
        cast(null as timestamp) as lifted_at,
        cast(null as {{ dbt.type_string() }}) as lifted_by,
        0 as is_told
    from leavers
    {%- if is_remembered %}
    union all
    select
        identifier_type,
        address_sha256,
        address_md5,
        source_contact_id,
        cause,
        scope_type,
        scope_id,
        source_system,
        source_relation,
        first_evidence_at,
        last_evidence_at,
        evidence,
        last_loaded_at,
        lifted_at,
        lifted_by,
        0 as is_told
    from {{ this }}
    {%- endif %}
),

grouped as (
    select
        identifier_type,
        address_sha256,
        address_md5,
        source_contact_id,
        cause,
        scope_type,
        scope_id,
        source_system,
        source_relation,
        min(first_evidence_at) as first_evidence_at,
        max(last_evidence_at) as last_evidence_at,
        max(evidence) as evidence,
        max(last_loaded_at) as last_loaded_at,
        max(lifted_at) as lifted_at,
        max_by(lifted_by, cast(lifted_at as {{ dbt.type_string() }}) || lifted_by) as lifted_by,
        max(is_told) = 1 as is_told
    from known
    group by
        identifier_type, address_sha256, address_md5, source_contact_id, cause, scope_type,
        scope_id, source_system, source_relation
),

-- whose each row is today, for what they decided later
holders as (
    select
        'email' as identifier_type,
        {{ sha256_hex('identifier_value') }} as identifier,
        cast(null as {{ dbt.type_string() }}) as source_system,
        cast(null as {{ dbt.type_string() }}) as source_relation,
        contact_id
    from identities
    where identifier_type = 'email'
    union all
    select
        'source_id' as identifier_type,
        lookup_value as identifier,
        source_system,
        source_relation,
        contact_id
    from lookup
    where source_system <> '@'
),

whose as (
    select
        grouped.*,
        holders.contact_id
    from grouped
    left join holders
        on
            grouped.identifier_type = holders.identifier_type
            and coalesce(grouped.address_sha256, grouped.source_contact_id) = holders.identifier
            and (
                grouped.identifier_type = 'email'
                or (
                    grouped.source_system = holders.source_system
                    and grouped.source_relation = holders.source_relation
                )
            )
),

-- what is in force against each person, once for all their ids and addresses; a bounce is about the
-- address
against as (
    select
        contact_id,
        cause,
        scope_type,
        scope_id,
        source_system,
        source_relation,
        min(first_evidence_at) as first_evidence_at,
        max(last_evidence_at) as last_evidence_at,
        max(evidence) as evidence,
        max(last_loaded_at) as last_loaded_at,
        max(case when is_told then 1 else 0 end) = 1 as is_told
    from whose
    where
        contact_id is not null
        and coalesce(lifted_at < last_evidence_at, true)
        and cause not in ('hard_bounce', 'global_bounce', 'invalid')
    group by contact_id, cause, scope_type, scope_id, source_system, source_relation
),

-- every address a person has by now is taken in: what leads from one to another today may be gone
-- tomorrow
taken_in as (
    select
        'email' as identifier_type,
        {{ sha256_hex('identities.identifier_value') }} as address_sha256,
        {{ text_md5('identities.identifier_value') }} as address_md5,
        cast(null as {{ dbt.type_string() }}) as source_contact_id,
        against.cause,
        against.scope_type,
        against.scope_id,
        against.source_system,
        against.source_relation,
        against.first_evidence_at,
        against.last_evidence_at,
        against.evidence,
        against.last_loaded_at,
        against.is_told,
        against.contact_id
    from against
    inner join identities
        on
            against.contact_id = identities.contact_id
            and identities.identifier_type = 'email'
),

known_and_taken_in as (
    select
        identifier_type,
        address_sha256,
        address_md5,
        source_contact_id,
        cause,
        scope_type,
        scope_id,
        source_system,
        source_relation,
        first_evidence_at,
        last_evidence_at,
        evidence,
        last_loaded_at,
        lifted_at,
        lifted_by,
        is_told,
        contact_id
    from whose
    union all
    select
        identifier_type,
        address_sha256,
        address_md5,
        source_contact_id,
        cause,
        scope_type,
        scope_id,
        source_system,
        source_relation,
        first_evidence_at,
        last_evidence_at,
        evidence,
        last_loaded_at,
        cast(null as timestamp) as lifted_at,
        cast(null as {{ dbt.type_string() }}) as lifted_by,
        is_told,
        contact_id
    from taken_in
),

held as (
    select
        identifier_type,
        address_sha256,
        max(address_md5) as address_md5,
        source_contact_id,
        cause,
        scope_type,
        scope_id,
        source_system,
        source_relation,
        min(first_evidence_at) as first_evidence_at,
        max(last_evidence_at) as last_evidence_at,
        max(evidence) as evidence,
        max(last_loaded_at) as last_loaded_at,
        max(lifted_at) as lifted_at,
        max(lifted_by) as lifted_by,
        max(case when is_told then 1 else 0 end) = 1 as is_told,
        contact_id
    from known_and_taken_in
    group by
        identifier_type, address_sha256, source_contact_id, cause, scope_type, scope_id,
        source_system, source_relation, contact_id
),

several_addresses as (
    select email_raw
    from addresses
    where address_number = 2
),

-- a yes under a cell of addresses of two people was said by one of them, and nobody knows by whom
several_people as (
    select addresses.email_raw
    from several_addresses
    inner join addresses on several_addresses.email_raw = addresses.email_raw
    inner join identities
        on
            addresses.email_normalized = identities.identifier_value
            and identities.identifier_type = 'email'
    group by addresses.email_raw
    having min(identities.contact_id) <> max(identities.contact_id)
),

-- an opt-in lifts an unsubscription only in the same scope, only when it is later, and never when
-- it came by import or API: those carry lists around, not a person's decision. It counts from its
-- time, at the latest from its load: a clock that is ahead makes no yes the later word
opt_ins as (
    select
        consents.contact_id,
        consents.scope_type,
        consents.scope_id,
        consents.source_system,
        consents.source_relation,
        max(least(consents.occurred_at, consents.loaded_at)) as opted_in_at,
        max_by(
            consents.source_file,
            cast(
                least(consents.occurred_at, consents.loaded_at) as {{ dbt.type_string() }}
            ) || consents.source_file
        ) as source_file
    from consents
    cross join span
    left join several_people on consents.email_raw = several_people.email_raw
    where
        consents.channel = 'email'
        and consents.status = 'subscribed'
        and consents.contact_id is not null
        and several_people.email_raw is null
        and coalesce(consents.method, '') not in ('import', 'api')
        -- one dated 2099 would lift every opt-out to come; an event that is set aside lifts none
        and {{ is_possible_time('consents.occurred_at', 'consents.loaded_at') }}
        and (
            consents.origin <> 'email_event'
            or consents.occurred_at < span.ends_at
            or {{ has_accepted_dates('consents.source_file') }}
        )
    group by
        consents.contact_id,
        consents.scope_type,
        consents.scope_id,
        consents.source_system,
        consents.source_relation
),

-- a word that nobody could read, and that no file tells any more, is answered by a line of the same
-- contact and account that was read later and says that they did not leave; an empty cell says
-- nothing
readings as (
    select
        record_people.contact_id,
        versions.source_system,
        versions.source_relation,
        max(versions.last_answered_at) as read_at,
        max_by(
            versions.source_file,
            cast(versions.last_answered_at as {{ dbt.type_string() }}) || versions.source_file
        ) as source_file
    from versions
    inner join record_people on versions.contact_record_id = record_people.contact_record_id
    group by record_people.contact_id, versions.source_system, versions.source_relation
),

-- a day alone, or a minute, says nothing of what came first within it: the opt-out lasts to its end
timed as (
    select
        *,
        case
            when cast(cast(last_evidence_at as date) as timestamp) = last_evidence_at
                then last_evidence_at + interval '1' day
            when {{ dbt.date_trunc('minute', 'last_evidence_at') }} = last_evidence_at
                then last_evidence_at + interval '1' minute
            else last_evidence_at
        end as evidence_ends_at
    from held
),

answered as (
    select
        held.*,
        case
            when
                held.cause in ('unsubscribe', 'unreadable')
                and opt_ins.opted_in_at > held.evidence_ends_at
                then opt_ins.opted_in_at
        end as opted_in_at,
        opt_ins.source_file as opt_in_file,
        case
            when
                held.cause = 'unreadable'
                and not held.is_told
                and readings.read_at > held.last_evidence_at
                then readings.read_at
        end as read_at,
        readings.source_file as reading_file,
        case when ends.ended_at >= held.last_evidence_at then ends.ended_at end as ended_at,
        -- a lift that is remembered holds until newer evidence
        case when held.lifted_at >= held.last_evidence_at then held.lifted_at end
            as remembered_lift_at
    from timed as held
    left join opt_ins
        on
            held.contact_id = opt_ins.contact_id
            and held.source_system = opt_ins.source_system
            and held.source_relation = opt_ins.source_relation
            and held.scope_type = opt_ins.scope_type
            and coalesce(held.scope_id, '') = coalesce(opt_ins.scope_id, '')
    left join readings
        on
            held.contact_id = readings.contact_id
            and held.source_system = readings.source_system
            and held.source_relation = readings.source_relation
    left join ends
        on
            held.identifier_type = ends.identifier_type
            and coalesce(held.address_sha256, held.source_contact_id)
            = coalesce(ends.address_sha256, ends.source_contact_id)
            and held.cause = ends.cause
            and held.source_system = ends.source_system
            and held.source_relation = ends.source_relation
),

final as (
    select
        {{ canonical_key(key_columns) }} as suppression_id,
        identifier_type,
        address_sha256,
        address_md5,
        source_contact_id,
        cause,
        scope_type,
        scope_id,
        source_system,
        source_relation,
        first_evidence_at,
        last_evidence_at,
        evidence,
        last_loaded_at,
        coalesce(opted_in_at, ended_at, read_at, remembered_lift_at) as lifted_at,
        case
            when opted_in_at is not null then 'opt-in in ' || opt_in_file
            when ended_at is not null then 'reachable again, says the source'
            when read_at is not null then 'read without fault in ' || reading_file
            when remembered_lift_at is not null then lifted_by
        end as lifted_by
    from answered
)

select * from final
