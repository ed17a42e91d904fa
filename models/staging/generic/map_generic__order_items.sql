with accepted_lines as (
    select * from {{ ref('stg_generic__order_items') }}
    where reject_reason is null
),

final as (
    {{ canonical_select(
        'order_items', 'accepted_lines', 'generic',
        given={
            'line_amount': 'coalesce(line_amount, quantity * unit_price)',
        },
    ) }}
)

select * from final
