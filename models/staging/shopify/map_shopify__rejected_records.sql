{{ system_rejected_records('shopify', [
    {'model': 'stg_shopify__order_lines', 'table': 'orders_export'},
]) }}
