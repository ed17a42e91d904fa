with accepted_lines as (
    select * from {{ ref('stg_generic__products') }}
    where reject_reason is null
),

final as (
    {{ canonical_select('products', 'accepted_lines', 'generic') }}
)

select * from final
