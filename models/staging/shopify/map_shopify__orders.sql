with order_lines as (
    select * from {{ ref('stg_shopify__order_lines') }}
    where reject_reason is null and is_order_line
),

final as (
    select
        'shopify' as source_system,
        source_relation,
        source_file,
        line_number,
        loaded_at,
        line_key,
        source_order_id,
        source_contact_id,
        email_raw,
        ordered_at,
        -- a cancelled order keeps its financial status, often `refunded`, and is no revenue
        case
            when cancelled_at is not null then 'cancelled'
            else coalesce(financial_status, 'pending')
        end as status,
        currency,
        net_amount,
        coalesce(refunded_amount, 0) as refunded_amount,
        is_test
    from order_lines
)

select * from final
