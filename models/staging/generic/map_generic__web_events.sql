with accepted_lines as (
    select * from {{ ref('stg_generic__web_events') }}
    where reject_reason is null
),

final as (
    {{ canonical_select('web_events', 'accepted_lines', 'generic') }}
)

select * from final
