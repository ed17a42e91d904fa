-- A contact in two exclusive siblings gets two treatments, and one in none of them is forgotten by
-- everybody: exclusive siblings hold each contact of their parent once at most, exactly once where
-- one of them takes the rest, and nobody else, at every date.
with flags as (
    select * from {{ ref('segment_flags') }}
),

history as (
    select * from {{ ref('segment_membership_history') }}
),

definitions as (
    select * from {{ ref('segment_definitions') }}
),

sibling_groups as (
    select
        coalesce(parent_segment, '') as parent_segment,
        max(case when takes_the_rest then 1 else 0 end) as least
    from definitions
    where is_exclusive
    group by coalesce(parent_segment, '')
),

-- who is to be divided
parents as (
    select
        contact_id,
        as_of_date,
        segment
    from history
    union all
    select
        contact_id,
        as_of_date,
        '' as segment
    from flags
),

children as (
    select
        history.contact_id,
        history.as_of_date,
        coalesce(definitions.parent_segment, '') as parent_segment,
        count(*) as places
    from history
    inner join definitions on history.segment = definitions.segment
    where definitions.is_exclusive
    group by history.contact_id, history.as_of_date, coalesce(definitions.parent_segment, '')
),

divided as (
    select
        parents.contact_id,
        parents.as_of_date,
        parents.segment,
        sibling_groups.least
    from parents
    inner join sibling_groups on parents.segment = sibling_groups.parent_segment
),

final as (
    select
        coalesce(divided.contact_id, children.contact_id) as contact_id,
        coalesce(divided.as_of_date, children.as_of_date) as as_of_date
    from divided
    full outer join children
        on
            divided.contact_id = children.contact_id
            and divided.as_of_date = children.as_of_date
            and divided.segment = children.parent_segment
    where
        divided.contact_id is null
        or coalesce(children.places, 0) < divided.least
        or children.places > 1
)

select * from final
