with item_lines as (
    select * from {{ ref('stg_shopify__order_lines') }}
    where reject_reason is null and is_item_line and not is_draft
),

numbered as (
    {{ shopify_numbered_lines('item_lines') | indent(4) }}
),

final as (
    select
        'shopify' as source_system,
        source_relation,
        source_file,
        line_number,
        loaded_at,
        {{ line_key('shopify.order_item', [
            'source_order_id', 'source_product_id', 'product_name', 'quantity', 'unit_price',
            'line_discount',
        ], occurrence='occurrence', account='source_relation') }} as line_key,
        source_order_id,
        order_line_number,
        source_product_id,
        quantity,
        unit_price,
        quantity * unit_price - line_discount as line_amount
    from numbered
)

select * from final
