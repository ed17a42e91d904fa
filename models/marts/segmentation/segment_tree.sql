{%- set rules = segment_rules() %}

with evaluations as (
    select * from {{ ref('segment_evaluations') }}
),

segments as (
    {{ segment_list(rules) | indent(4) }}
),

-- many contacts are in the same segments: one pass over all, then only the few combinations
combinations as (
    select
        as_of_date,
        is_current,
        {{ segment_word_columns(rules) | join(', ') }},
        count(*) as contacts,
        sum(case when is_mailable then 1 else 0 end) as mailable_contacts,
        sum(revenue_365d) as revenue
    from evaluations
    group by
        as_of_date,
        is_current,
        {{ segment_word_columns(rules) | join(', ') }}
),

combinations_by_segment as (
    select
        segments.segment,
        segments.label,
        segments.label_fr,
        segments.level,
        segments.parent_segment,
        segments.is_exclusive,
        combinations.as_of_date,
        combinations.is_current,
        combinations.contacts as all_contacts,
        {{ segment_is_in(rules, 'combinations', 'segments') }} as is_in,
        combinations.contacts,
        combinations.mailable_contacts,
        combinations.revenue
    from combinations
    cross join segments
),

sizes as (
    select
        segment,
        as_of_date,
        is_current,
        label,
        label_fr,
        level,
        parent_segment,
        is_exclusive,
        sum(all_contacts) as all_contacts,
        sum(case when is_in then contacts else 0 end) as contacts,
        sum(case when is_in then mailable_contacts else 0 end) as mailable_contacts,
        sum(case when is_in then revenue end) as revenue
    from combinations_by_segment
    group by
        segment, as_of_date, is_current, label, label_fr, level, parent_segment, is_exclusive
),

final as (
    select
        sizes.segment,
        sizes.as_of_date,
        sizes.is_current,
        sizes.label,
        sizes.label_fr,
        cast(sizes.level as integer) as level,
        sizes.parent_segment,
        sizes.is_exclusive,
        cast(sizes.contacts as bigint) as contacts,
        cast(sizes.mailable_contacts as bigint) as mailable_contacts,
        cast(coalesce(sizes.revenue, 0) as decimal(18, 4)) as revenue,
        cast(sizes.contacts as double)
        / nullif(case when sizes.level > 1 then above.contacts else sizes.all_contacts end, 0)
            as share,
        cast(sizes.contacts as double) / nullif(sizes.all_contacts, 0) as share_of_contacts
    from sizes
    left join sizes as above
        on
            sizes.parent_segment = above.segment
            and sizes.as_of_date = above.as_of_date
)

select * from final
