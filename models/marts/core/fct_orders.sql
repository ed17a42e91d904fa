{{ after_gate('gate_intermediate') }}
with orders as (
    select * from {{ ref('int_orders__unified') }}
),

final as (
    select
        order_id,
        contact_id,
        source_system,
        source_relation,
        source_order_id,
        ordered_at,
        status,
        currency,
        cast(net_amount as decimal(18, 4)) as net_amount,
        cast(refunded_amount as decimal(18, 4)) as refunded_amount,
        is_test,
        is_counted,
        cast(fx_rate as double) as fx_rate,
        cast(net_amount_base as decimal(18, 4)) as net_amount_base,
        cast(refunded_amount_base as decimal(18, 4)) as refunded_amount_base,
        cast(revenue_base as decimal(18, 4)) as revenue_base,
        source_file,
        cast(line_number as bigint) as line_number,
        loaded_at
    from orders
)

select * from final
