with products as (
{{ union_systems('products') | indent(4) }}
),

ranked as (
    select
        *,
        row_number() over (
            partition by source_system, source_relation, source_product_id
            order by
                loaded_at desc,
                source_file desc,
                line_number desc
        ) as version_rank
    from products
),

final as (
    select
        {{ canonical_key(['source_system', 'source_relation', 'source_product_id']) }}
            as product_id,
        source_system,
        source_relation,
        source_product_id,
        name,
        category,
        currency,
        list_price,
        is_active,
        source_file,
        line_number,
        loaded_at
    from ranked
    where version_rank = 1
)

select * from final
