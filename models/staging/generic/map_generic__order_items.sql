with accepted_lines as (
    select * from {{ ref('stg_generic__order_items') }}
    where reject_reason is null
),

final as (
    select
        'generic' as source_system,
        source_relation,
        source_file,
        line_number,
        loaded_at,
        line_key,
        source_order_id,
        order_line_number,
        source_product_id,
        quantity,
        unit_price,
        coalesce(line_amount, quantity * unit_price) as line_amount
    from accepted_lines
)

select * from final
