-- A tree whose branches do not add up is not believed again: where exclusive siblings leave nobody
-- out, their contacts, mailable contacts and revenue sum to the parent's (on level 1: to those of
-- all contacts of the features), elsewhere their contacts to no more than the parent's; at every
-- level and date of the features.
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
        sum(case when is_mailable then 1 else 0 end) as mailable_contacts,
        coalesce(sum(revenue_365d), 0) as revenue
    from features
    group by as_of_date
),

sibling_groups as (
    select
        coalesce(parent_segment, '') as parent_segment,
        max(case when takes_the_rest then 1 else 0 end) = 1 as is_partition
    from {{ ref('segment_definitions') }}
    where is_exclusive
    group by coalesce(parent_segment, '')
),

children as (
    select
        as_of_date,
        coalesce(parent_segment, '') as parent_segment,
        sum(contacts) as contacts,
        sum(mailable_contacts) as mailable_contacts,
        sum(revenue) as revenue
    from tree
    where is_exclusive
    group by as_of_date, coalesce(parent_segment, '')
),

parents as (
    select
        as_of_date,
        segment,
        contacts,
        mailable_contacts,
        revenue
    from tree
    union all
    select
        as_of_date,
        '' as segment,
        contacts,
        mailable_contacts,
        revenue
    from everybody
),

final as (
    select
        everybody.as_of_date,
        sibling_groups.parent_segment,
        parents.contacts,
        children.contacts as contacts_of_children,
        parents.mailable_contacts,
        children.mailable_contacts as mailable_contacts_of_children,
        parents.revenue,
        children.revenue as revenue_of_children
    -- what should be there: a date or a parent that is missing must not pass
    from everybody
    cross join sibling_groups
    left join parents
        on
            everybody.as_of_date = parents.as_of_date
            and sibling_groups.parent_segment = parents.segment
    left join children
        on
            everybody.as_of_date = children.as_of_date
            and sibling_groups.parent_segment = children.parent_segment
    where
        parents.contacts is null
        or children.contacts is null
        or children.contacts > parents.contacts
        or children.mailable_contacts > parents.mailable_contacts
        or (
            sibling_groups.is_partition
            and (
                parents.contacts <> children.contacts
                or parents.mailable_contacts <> children.mailable_contacts
                or parents.revenue <> children.revenue
            )
        )
)

select * from final
