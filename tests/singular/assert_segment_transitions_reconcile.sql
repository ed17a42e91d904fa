-- Flows that do not add up to the segments they come from and go to are no flows: at both dates,
-- for every segment in the paths of the tree, they sum to its contacts, and those who come and go
-- explain how its size changed.
with transitions as (
    select * from {{ ref('segment_transitions') }}
),

tree as (
    select * from {{ ref('segment_tree') }}
),

path_segments as (
    select segment
    from {{ ref('segment_definitions') }}
    where is_in_path
),

sizes as (
    select
        tree.segment,
        tree.as_of_date,
        tree.is_exclusive,
        tree.contacts,
        tree.mailable_contacts,
        tree.revenue,
        tree.entered_contacts,
        tree.left_contacts,
        lag(tree.contacts) over (
            partition by tree.segment order by tree.as_of_date
        ) as previous_contacts
    from tree
),

reached as (
    select
        to_segment,
        as_of_date,
        sum(contacts) as contacts,
        sum(mailable_contacts) as mailable_contacts,
        sum(revenue_365d) as revenue,
        sum(case when from_segment = to_segment then 0 else contacts end) as entered_contacts
    from transitions
    group by to_segment, as_of_date
),

left_behind as (
    select
        from_segment,
        as_of_date,
        sum(contacts) as contacts,
        sum(case when from_segment = to_segment then 0 else contacts end) as left_contacts
    from transitions
    group by from_segment, as_of_date
),

final as (
    select
        sizes.segment,
        sizes.as_of_date
    from sizes
    left join path_segments on sizes.segment = path_segments.segment
    left join reached
        on sizes.segment = reached.to_segment and sizes.as_of_date = reached.as_of_date
    left join left_behind
        on sizes.segment = left_behind.from_segment and sizes.as_of_date = left_behind.as_of_date
    where
        sizes.previous_contacts is not null
        and (
            sizes.contacts
            <> sizes.previous_contacts
            + coalesce(sizes.entered_contacts, 0) - coalesce(sizes.left_contacts, 0)
            or sizes.entered_contacts is null
            or sizes.left_contacts is null
            or (
                path_segments.segment is not null
                and (
                    sizes.contacts <> coalesce(reached.contacts, 0)
                    or sizes.mailable_contacts <> coalesce(reached.mailable_contacts, 0)
                    or sizes.revenue <> coalesce(reached.revenue, 0)
                    or sizes.entered_contacts <> coalesce(reached.entered_contacts, 0)
                    or sizes.previous_contacts <> coalesce(left_behind.contacts, 0)
                    or sizes.left_contacts <> coalesce(left_behind.left_contacts, 0)
                )
            )
        )
)

select * from final
