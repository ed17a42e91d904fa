with accepted_lines as (
    select * from {{ ref('stg_generic__products') }}
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
        source_product_id,
        name,
        category,
        currency,
        list_price,
        is_active
    from accepted_lines
)

select * from final
