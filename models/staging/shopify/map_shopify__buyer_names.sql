with order_lines as (
    select * from {{ ref('stg_shopify__order_lines') }}
    where
        reject_reason is null
        and is_order_line
        and not is_draft
        and email_raw is not null
        and full_name is not null
),

final as (
    select
        'shopify' as source_system,
        source_relation,
        lower(email_raw) as email_raw,
        lower(nullif({{ dbt.split_part('full_name', "' '", 1) }}, '')) as first_name,
        case
            when full_name like '% %'
                then lower(trim(substr(full_name, {{ dbt.position("' '", 'full_name') }})))
        end as last_name
    from order_lines
    group by 1, 2, 3, 4, 5
)

select * from final
