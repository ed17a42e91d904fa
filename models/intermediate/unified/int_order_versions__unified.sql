-- a file whose dates are a year off shows where another file tells the same orders
with orders as (
{{ union_systems('orders', [
    'source_system', 'source_relation', 'source_order_id', 'ordered_at', 'source_file',
]) | indent(4) }}
),

told_twice as (
    select
        source_system,
        source_relation,
        source_order_id,
        min(ordered_at) as first_ordered_at,
        max(ordered_at) as last_ordered_at
    from orders
    group by source_system, source_relation, source_order_id
    having min(source_file) <> max(source_file)
),

shared as (
    select
        orders.source_file,
        orders.source_system,
        orders.source_relation,
        orders.source_order_id,
        max(
            case
                when
                    told_twice.last_ordered_at
                    >= told_twice.first_ordered_at + interval '300' day
                    then 1
                else 0
            end
        ) as is_redated
    from orders
    inner join told_twice
        on
            orders.source_system = told_twice.source_system
            and orders.source_relation = told_twice.source_relation
            and orders.source_order_id = told_twice.source_order_id
    where not {{ has_accepted_dates('orders.source_file') }}
    group by
        orders.source_file,
        orders.source_system,
        orders.source_relation,
        orders.source_order_id
),

final as (
    select
        source_system,
        source_relation,
        source_file,
        count(*) as shared_orders,
        sum(is_redated) as redated_orders
    from shared
    group by source_system, source_relation, source_file
)

select * from final
