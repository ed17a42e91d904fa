with accepted_lines as (
    select * from {{ ref('stg_generic__campaigns') }}
    where reject_reason is null
),

final as (
    {{ canonical_select('campaigns', 'accepted_lines', 'generic') }}
)

select * from final
