with accepted_lines as (
    select * from {{ ref('stg_generic__orders') }}
    where reject_reason is null
),

-- an export without a status column holds orders that count
final as (
    {{ canonical_select(
        'orders', 'accepted_lines', 'generic',
        given={
            'status': "coalesce(status, 'paid')",
            'refunded_amount': 'coalesce(refunded_amount, 0)',
            'is_test': 'coalesce(is_test, false)',
        },
    ) }}
)

select * from final
