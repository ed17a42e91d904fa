with activity as (
    select * from {{ ref('int_contact_activity__stream') }}
),

digests as (
    select
        activity_date,
        {{ fingerprint_sum([
            'contact_id', 'occurred_at', 'kind', 'quantity', 'seconds', 'page_views', 'amount',
            'device', 'category',
        ]) }} as digest,
        count(*) as activities
    from activity
    group by activity_date
),

final as (
    select
        activity_date,
        activities,
        {{ canonical_key(['digest', 'activities']) }} as day_fingerprint
    from digests
)

select * from final
