with item_lines as (
    select * from {{ ref('stg_shopify__order_lines') }}
    where reject_reason is null and is_item_line and not is_draft
),

-- no list of products is exported: what was last sold is what is known
latest_sales as (
    select
        *,
        row_number() over (
            partition by source_relation, source_product_id
            order by ordered_at desc, loaded_at desc, source_file desc, line_number desc
        ) as sale_rank
    from item_lines
),

final as (
    select
        'shopify' as source_system,
        source_relation,
        source_file,
        line_number,
        loaded_at,
        line_key,
        source_product_id,
        product_name as name,
        cast(null as {{ dbt.type_string() }}) as category,
        currency,
        coalesce(compare_at_price, unit_price) as list_price,
        cast(null as boolean) as is_active
    from latest_sales
    where sale_rank = 1
)

select * from final
