-- A tree whose branches do not add up is not believed again: where exclusive siblings leave nobody
-- out, their contacts and revenue sum to the parent's (on level 1: to all contacts of the features)
-- at every date.
{%- set rules = segment_rules() %}
with tree as (
    select * from {{ ref('segment_tree') }}
),

features as (
    select * from {{ ref('int_contact_features') }}
),

everybody as (
    select
        as_of_date,
        count(*) as contacts,
        coalesce(sum(revenue_365d), 0) as revenue
    from features
    group by as_of_date
),

partitions as (
    {%- for parent in segment_partitions(rules) %}
    {{ 'union all' if not loop.first }}
    select {{ quoted_text(parent) if parent is not none else "''" }} as parent_segment
    {%- else %}
    select '' as parent_segment where false
    {%- endfor %}
),

children as (
    select
        tree.as_of_date,
        partitions.parent_segment,
        sum(tree.contacts) as contacts,
        sum(tree.revenue) as revenue
    from tree
    inner join partitions
        on coalesce(tree.parent_segment, '') = partitions.parent_segment
    where tree.is_exclusive
    group by tree.as_of_date, partitions.parent_segment
),

parents as (
    select
        as_of_date,
        segment,
        contacts,
        revenue
    from tree
    union all
    select
        as_of_date,
        '' as segment,
        contacts,
        revenue
    from everybody
),

final as (
    select
        parents.as_of_date,
        parents.segment,
        parents.contacts,
        children.contacts as contacts_of_children,
        parents.revenue,
        children.revenue as revenue_of_children
    from parents
    inner join partitions on parents.segment = partitions.parent_segment
    left join children
        on
            parents.segment = children.parent_segment
            and parents.as_of_date = children.as_of_date
    where
        parents.contacts <> coalesce(children.contacts, -1)
        or parents.revenue <> coalesce(children.revenue, -1)
)

select * from final
