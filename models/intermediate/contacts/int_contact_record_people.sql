{%- set rounds = 12 -%}
-- connected components of records that share an identifier, by label propagation: the label is the
-- number of the oldest record reached so far
with records as (
    select * from {{ ref('int_contact_records__unified') }}
),

edges as (
    select * from {{ ref('int_contact_identity_edges') }}
    where is_identifying
),

-- records with an id of their own first: a key made of an address changes with the address, and
-- contact_id must not
numbered as {{ materialized_cte() }} (
    select
        contact_record_id,
        row_number() over (
            order by
                case when source_contact_id is null then 1 else 0 end,
                case when created_at is null then 1 else 0 end,
                created_at,
                contact_record_id
        ) as record_number
    from records
),

numbered_edges as (
    select
        numbered.record_number,
        min(numbered.record_number) over (
            partition by
                edges.identifier_type,
                edges.source_system,
                edges.source_relation,
                edges.identifier_value
        ) as hub_number
    from edges
    inner join numbered on edges.contact_record_id = numbered.contact_record_id
),

-- an identifier is replaced by the oldest record that carries it: fewer edges, integers only
hub_edges as {{ materialized_cte() }} (
    select
        record_number,
        hub_number
    from numbered_edges
    where record_number <> hub_number
    group by record_number, hub_number
),

hubs as {{ materialized_cte() }} (
    select
        record_number,
        min(hub_number) as label
    from hub_edges
    group by record_number
),

-- one hop and one jump settle nearly everybody
first_labels as {{ materialized_cte() }} (
    select
        numbered.contact_record_id,
        numbered.record_number,
        coalesce(further.label, hubs.label, numbered.record_number) as label
    from numbered
    left join hubs on numbered.record_number = hubs.record_number
    left join hubs as further on hubs.label = further.record_number
),

-- what is left is a small graph between labels; the rounds below settle it (FastSV: Zhang, Azad,
-- Hu, 2020). In each, a node learns the label of its neighbour's label, its own label learns it
-- too, and so does everybody who carries that label: whole trees move, and reach doubles with
-- every round
open_pairs as {{ materialized_cte() }} (
    select
        own_side.label as label_a,
        hub_side.label as label_b
    from hub_edges
    inner join first_labels as own_side on hub_edges.record_number = own_side.record_number
    inner join first_labels as hub_side on hub_edges.hub_number = hub_side.record_number
    where own_side.label <> hub_side.label
    group by own_side.label, hub_side.label
),

open_edges as {{ materialized_cte() }} (
    select
        label_a as node,
        label_b as neighbour
    from open_pairs
    union all
    select
        label_b as node,
        label_a as neighbour
    from open_pairs
),

round_0 as {{ materialized_cte() }} (
    select
        node,
        node as label
    from open_edges
    group by node
),

{% for round in range(1, rounds + 1) -%}
grown_{{ round }} as {{ materialized_cte() }} (
    select
        nodes.node,
        nodes.label,
        labels.label as label_of_label
    from round_{{ round - 1 }} as nodes
    inner join round_{{ round - 1 }} as labels on nodes.label = labels.node
),

heard_{{ round }} as {{ materialized_cte() }} (
    select
        nodes.node,
        nodes.label,
        min(neighbours.label_of_label) as heard
    from open_edges
    inner join grown_{{ round }} as nodes on open_edges.node = nodes.node
    inner join grown_{{ round }} as neighbours on open_edges.neighbour = neighbours.node
    group by nodes.node, nodes.label
),

round_{{ round }} as {{ materialized_cte() }} (
    select
        candidates.node,
        min(candidates.label) as label
    from (
        select
            node,
            label_of_label as label
        from grown_{{ round }}
        union all
        select
            node,
            heard as label
        from heard_{{ round }}
        union all
        select
            label as node,
            heard as label
        from heard_{{ round }}
    ) as candidates
    group by candidates.node
),

{% endfor -%}
labelled as {{ materialized_cte() }} (
    select
        first_labels.contact_record_id,
        first_labels.record_number,
        coalesce(settled.label, first_labels.label) as label
    from first_labels
    left join round_{{ rounds }} as settled on first_labels.label = settled.node
),

addresses as (
    select
        contact_record_id,
        identifier_value
    from edges
    where identifier_type = 'email'
),

-- nobody has hundreds of records: something was taken for theirs that is everybody's
oversized as {{ materialized_cte() }} (
    select
        labelled.label,
        count(distinct labelled.contact_record_id) as records,
        count(distinct addresses.identifier_value) as addresses
    from labelled
    inner join (
        select label
        from labelled
        group by label
        having count(*) > 1
    ) as several on labelled.label = several.label
    left join addresses on labelled.contact_record_id = addresses.contact_record_id
    group by labelled.label
    having
        count(distinct labelled.contact_record_id) > {{ var('identity_max_records') }}
        or count(distinct addresses.identifier_value) > {{ var('identity_max_addresses') }}
),

-- of these, only records with the same address of today stay one person
kept_apart as (
    select
        labelled.contact_record_id,
        labelled.label as component,
        oversized.records as component_records,
        oversized.addresses as component_addresses,
        min(labelled.record_number) over (
            partition by
                labelled.label,
                coalesce(records.email_normalized, labelled.contact_record_id)
        ) as label
    from labelled
    inner join oversized on labelled.label = oversized.label
    inner join records on labelled.contact_record_id = records.contact_record_id
),

final as (
    select
        labelled.contact_record_id,
        left(oldest.contact_record_id, 16) as contact_id,
        case
            when kept_apart.contact_record_id is not null
                then left(component_oldest.contact_record_id, 16)
        end as component_id,
        kept_apart.component_records,
        kept_apart.component_addresses
    from labelled
    left join kept_apart on labelled.contact_record_id = kept_apart.contact_record_id
    inner join numbered as oldest
        on coalesce(kept_apart.label, labelled.label) = oldest.record_number
    left join numbered as component_oldest
        on kept_apart.component = component_oldest.record_number
)

select * from final
