{{ system_rejected_records('generic', [
    {'model': 'stg_generic__contacts', 'table': 'contacts'},
    {'model': 'stg_generic__campaigns', 'table': 'campaigns', 'at': 'sent_at'},
    {'model': 'stg_generic__email_events', 'table': 'email_events', 'at': 'occurred_at'},
    {'model': 'stg_generic__orders', 'table': 'orders', 'at': 'ordered_at'},
    {'model': 'stg_generic__order_items', 'table': 'order_items'},
    {'model': 'stg_generic__products', 'table': 'products'},
    {'model': 'stg_generic__web_sessions', 'table': 'web_sessions', 'at': 'started_at'},
    {'model': 'stg_generic__web_events', 'table': 'web_events', 'at': 'occurred_at'},
    {
        'model': 'stg_generic__experiment_assignments', 'table': 'experiment_assignments',
        'at': 'assigned_at',
    },
]) }}
