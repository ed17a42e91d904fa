{{ system_opt_out_lines('shopify', [
    {
        'model': 'stg_shopify__order_lines', 'contact_id': 'source_contact_id',
        'address': 'email_raw',
    },
]) }}
