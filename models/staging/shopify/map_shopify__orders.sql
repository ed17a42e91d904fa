with order_lines as (
    select * from {{ ref('stg_shopify__order_lines') }}
    where reject_reason is null and is_order_line and not is_draft
),

numbered as (
    {{ shopify_numbered_lines('order_lines') | indent(4) }}
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
        case
            when gift_card_amount > 0 then greatest(net_amount - gift_card_amount, 0)
            else net_amount
        end as net_amount,
        -- nobody can tell what a refund beyond the rest of the order was for: the gift card
        case
            when gift_card_amount > 0
                then least(
                    abs(coalesce(refunded_amount, 0)), greatest(net_amount - gift_card_amount, 0)
                )
            else coalesce(refunded_amount, 0)
        end as refunded_amount,
        is_test
    from numbered
)

select * from final
