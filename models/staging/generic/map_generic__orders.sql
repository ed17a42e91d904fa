with accepted_lines as (
    select * from {{ ref('stg_generic__orders') }}
    where reject_reason is null
),

final as (
    {{ canonical_select('orders', 'accepted_lines', 'generic') }}
)

select * from final
