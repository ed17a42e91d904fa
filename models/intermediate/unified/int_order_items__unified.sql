with items as (
{{ union_systems('order_items') | indent(4) }}
),

orders as (
    select * from {{ ref('int_orders__unified') }}
),

products as (
    select * from {{ ref('int_products__unified') }}
),

-- line_key is the number of the position where there is one: its last version counts. Elsewhere the
-- occurrence number in it keeps two identical lines of one file apart and drops the copy in an
-- overlapping export
ranked as (
    select
        *,
        row_number() over (
            partition by line_key
            order by loaded_at desc, source_file desc, line_number desc
        ) as copy_rank
    from items
),

final as (
    select
        items.line_key as order_item_id,
        orders.order_id,
        coalesce(
            products.product_id,
            {{ canonical_key([
                'items.source_system', 'items.source_relation', 'items.source_product_id',
            ]) }}
        ) as product_id,
        items.source_system,
        items.source_relation,
        items.source_order_id,
        items.order_line_number,
        items.source_product_id,
        items.quantity,
        items.unit_price,
        coalesce(
            items.line_amount,
            cast(items.quantity * items.unit_price as decimal(18, 4))
        ) as line_amount,
        cast(
            coalesce(
                items.line_amount,
                cast(items.quantity * items.unit_price as decimal(18, 4))
            ) * orders.fx_rate as decimal(18, 4)
        ) as line_amount_base,
        items.source_file,
        items.line_number,
        items.loaded_at
    from ranked as items
    left join orders
        on
            items.source_system = orders.source_system
            and items.source_relation = orders.source_relation
            and items.source_order_id = orders.source_order_id
    left join products
        on
            items.source_system = products.source_system
            and items.source_relation = products.source_relation
            and items.source_product_id = products.source_product_id
    where items.copy_rank = 1
)

select * from final
