{{ system_line_counts('shopify', [
    {'model': 'stg_shopify__order_lines', 'table': 'orders_export', 'at': 'ordered_at'},
]) }}
