-- without any activity there is no end to keep to
with spans as (
    select * from {{ ref('int_source_spans') }}
),

ends as (
    select coalesce(max(activity_until), date '9998-12-31') as activity_until
    from spans
),

final as (
    select
        {{ first_possible_time() }} as starts_at,
        activity_until,
        {{ end_of_day('activity_until') }} as ends_at
    from ends
)

select * from final
