{%- set rules = segment_rules() %}

with history as (
    select * from {{ ref('segment_history') }}
),

segments as (
    {{ segment_list(rules) | indent(4) }}
),

-- one pass over the history, one row per date; rows per segment are made from those few
totals as {{ materialized_cte() }} (
    select
        as_of_date,
        is_current,
        count(*) as all_contacts
        {{- segment_totals(rules) }}
    from history
    group by as_of_date, is_current
),

sizes as (
    select
        segments.segment,
        totals.as_of_date,
        totals.is_current,
        segments.label,
        segments.label_fr,
        segments.level,
        segments.parent_segment,
        segments.is_exclusive,
        totals.all_contacts,
        {{ segment_total_of(rules, 'contacts', 'totals', 'segments.segment_order') }} as contacts,
        {{ segment_total_of(rules, 'mailable', 'totals', 'segments.segment_order') }} as mailable,
        {{ segment_total_of(rules, 'revenue', 'totals', 'segments.segment_order') }} as revenue
    from totals
    cross join segments
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
        cast(sizes.mailable as bigint) as mailable_contacts,
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
