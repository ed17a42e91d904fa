with accepted_lines as (
    select * from {{ ref('stg_generic__web_sessions') }}
    where reject_reason is null
),

final as (
    {{ canonical_select(
        'web_sessions', 'accepted_lines', 'generic',
        given={
            'duration_seconds': 'coalesce(duration_seconds, '
            ~ seconds_between('started_at', 'ended_at') ~ ')',
        },
        missing=['cart_abandoned'],
    ) }}
)

select * from final
