with edges as (
    select * from {{ ref('int_contact_identity_edges') }}
),

people as (
    select * from {{ ref('int_contact_record_people') }}
),

final as (
    select
        people.contact_id,
        edges.identifier_type,
        edges.identifier_value,
        edges.source_system,
        edges.source_relation,
        min(edges.seen_at) as first_seen_at
    from edges
    inner join people on edges.contact_record_id = people.contact_record_id
    group by
        people.contact_id,
        edges.identifier_type,
        edges.identifier_value,
        edges.source_system,
        edges.source_relation
)

select * from final
