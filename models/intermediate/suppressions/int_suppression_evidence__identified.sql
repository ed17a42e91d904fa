-- what each piece of evidence holds against: an address, or an id of the source. A register that
-- outlives every file cannot name persons, who are what today's files make of the records.
with evidence as (
    select * from {{ ref('int_suppression_evidence__unified') }}
),

edges as (
    select * from {{ ref('int_contact_identity_edges') }}
),

holders as (
    select
        identifier_value as email_normalized,
        contact_id
    from {{ ref('int_contact_identities') }}
    where identifier_type = 'email'
),

addresses as (
    select * from {{ ref('int_email_addresses__listed') }}
    where email_normalized is not null
),

by_address as (
    select
        'email' as identifier_type,
        email_normalized as identifier_value,
        evidence.*
    from evidence
    where email_normalized is not null
),

-- a bounce is about the address; but a line that names one person by id and the address of another
-- speaks against both: nobody can say which of the two it meant
by_id as (
    select
        'source_id' as identifier_type,
        evidence.source_contact_id as identifier_value,
        evidence.*
    from evidence
    left join holders on evidence.email_normalized = holders.email_normalized
    where
        evidence.source_contact_id is not null
        and (
            evidence.email_normalized is null
            or evidence.cause not in ('hard_bounce', 'global_bounce', 'invalid')
            or holders.contact_id is null
            or holders.contact_id <> evidence.contact_id
        )
),

-- a contact record speaks for its person: whatever leads to the record leads to the opt-out
by_record as (
    select
        edges.identifier_type,
        edges.identifier_value,
        evidence.*
    from evidence
    inner join edges on evidence.contact_record_id = edges.contact_record_id
),

-- a line with an id alone means the addresses of that record, also when its file is gone one day
records_of_ids as (
    select
        source_system,
        source_relation,
        identifier_value as source_contact_id,
        contact_record_id
    from edges
    where identifier_type = 'source_id'
),

by_record_of_id as (
    select
        edges.identifier_type,
        edges.identifier_value,
        evidence.*
    from evidence
    inner join records_of_ids
        on
            evidence.source_system = records_of_ids.source_system
            and evidence.source_relation = records_of_ids.source_relation
            and evidence.source_contact_id = records_of_ids.source_contact_id
    inner join edges
        on
            records_of_ids.contact_record_id = edges.contact_record_id
            and edges.identifier_type = 'email'
    where evidence.email_normalized is null
),

named as (
    select * from by_address
    union all
    select * from by_id
    union all
    select * from by_record
    union all
    select * from by_record_of_id
),

-- where people are known by their address alone, it is the id as well: kept as its hash, too
spelt as (
    select
        case when named.identifier_value like '%@%' then 'email' else named.identifier_type end
            as identifier_type,
        coalesce(
            addresses.email_normalized,
            case
                when named.identifier_value like '%@%' then lower(trim(named.identifier_value))
                else named.identifier_value
            end
        ) as identifier_value,
        named.contact_id,
        named.contact_record_id,
        named.source_contact_id,
        named.email_normalized,
        named.cause,
        named.scope_type,
        named.scope_id,
        named.source_system,
        named.source_relation,
        named.started_at,
        named.ended_at,
        named.source_file,
        named.loaded_at
    from named
    left join addresses
        on named.identifier_type = 'source_id' and named.identifier_value = addresses.email_raw
),

-- a mark before an address may be a part of it, or somebody's (#ann@…, -ann@…): whoever left did so
-- under both
unmarked as (
    select
        *,
        {{ without_marks('identifier_value') }} as unmarked_value
    from spelt
    where identifier_type = 'email' and ended_at is null
),

final as (
    select
        identifier_type,
        identifier_value,
        contact_id,
        contact_record_id,
        source_contact_id,
        email_normalized,
        cause,
        scope_type,
        scope_id,
        source_system,
        source_relation,
        started_at,
        ended_at,
        source_file,
        loaded_at
    from spelt
    union all
    select
        identifier_type,
        unmarked_value as identifier_value,
        contact_id,
        contact_record_id,
        source_contact_id,
        email_normalized,
        cause,
        scope_type,
        scope_id,
        source_system,
        source_relation,
        started_at,
        ended_at,
        source_file,
        loaded_at
    from unmarked
    where unmarked_value <> identifier_value and unmarked_value not like '@%'
)

select * from final
