with edges as (
    select * from {{ ref('int_contact_identity_edges') }}
    where is_identifying
),

people as (
    select * from {{ ref('int_contact_record_people') }}
),

named as (
    select
        people.contact_id,
        people.component_id,
        edges.identifier_type,
        edges.identifier_value,
        edges.source_system,
        edges.source_relation,
        min(edges.seen_at) as first_seen_at
    from edges
    inner join people on edges.contact_record_id = people.contact_record_id
    -- records kept apart are known by what is their own
    where people.component_id is null or edges.is_own
    group by
        people.contact_id,
        people.component_id,
        edges.identifier_type,
        edges.identifier_value,
        edges.source_system,
        edges.source_relation
),

-- and by nothing that two of them have: an id of lists with another address in each
ambiguous as (
    select
        identifier_type,
        identifier_value,
        source_system,
        source_relation
    from named
    where component_id is not null
    group by
        identifier_type,
        identifier_value,
        source_system,
        source_relation
    having count(*) > 1
),

final as (
    select
        named.contact_id,
        named.identifier_type,
        named.identifier_value,
        named.source_system,
        named.source_relation,
        named.first_seen_at
    from named
    left join ambiguous
        on
            named.component_id is not null
            and named.identifier_type = ambiguous.identifier_type
            and named.identifier_value = ambiguous.identifier_value
            and coalesce(named.source_system, '') = coalesce(ambiguous.source_system, '')
            and coalesce(named.source_relation, '') = coalesce(ambiguous.source_relation, '')
    where ambiguous.identifier_value is null
)

select * from final
