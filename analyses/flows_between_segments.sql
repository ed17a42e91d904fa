-- Who moved where since the date before: one row per pair of segments of the first level, largest first.
select
    as_of_date,
    from_segment,
    to_segment,
    contacts,
    mailable_contacts,
    revenue_365d
from {{ ref('segment_transitions') }}
where
    level = 1
    and from_segment is distinct from to_segment
    and as_of_date = (select max(latest.as_of_date) as as_of_date from {{ ref('segment_transitions') }} as latest)
order by contacts desc
