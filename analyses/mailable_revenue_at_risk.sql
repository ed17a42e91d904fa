-- Revenue of the last 365 days of contacts who are inactive or about to be: one row per segment of the
-- second level, with the part that can still be mailed.
select
    segment_level_1,
    segment_level_2,
    count(*) as contacts,
    count(*) filter (where is_mailable) as mailable_contacts,
    sum(revenue_365d) as revenue_365d,
    sum(revenue_365d) filter (where is_mailable) as mailable_revenue_365d
from {{ ref('dim_contacts') }}
where segment_level_1 in ('inactive', 'cooling')
group by segment_level_1, segment_level_2
order by mailable_revenue_365d desc nulls last
