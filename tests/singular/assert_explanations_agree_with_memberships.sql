-- An explanation that says something else than the membership misleads whoever asks: each segment
-- has a leaf that decided it, and where the contact is in it, none beside the rule says otherwise.
-- On a share of the contacts of the current date; the leaves themselves are compared with an
-- interpreter by tests/python/segments.
with explanations as (
    select * from {{ ref('segment_explanations') }}
),

dates as (
    select * from {{ ref('int_as_of_dates') }}
),

judged as (
    select
        explanations.contact_id,
        explanations.as_of_date,
        explanations.segment,
        explanations.is_in_segment,
        max(case when explanations.is_decisive then 1 else 0 end) as decisive_leaves,
        max(
            case
                when
                    explanations.kind in ('parent', 'earlier_sibling', 'otherwise')
                    and not explanations.is_true
                    then 1
                else 0
            end
        ) as contradicting_leaves
    from explanations
    inner join dates
        on explanations.as_of_date = dates.as_of_date and dates.is_current
    where {{ text_md5('explanations.contact_id') }} < '2'
    group by
        explanations.contact_id,
        explanations.as_of_date,
        explanations.segment,
        explanations.is_in_segment
),

final as (
    select
        contact_id,
        as_of_date,
        segment
    from judged
    where decisive_leaves = 0 or (is_in_segment and contradicting_leaves = 1)
)

select * from final
