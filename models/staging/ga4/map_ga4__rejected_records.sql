{{ system_rejected_records('ga4', [
    {'model': 'stg_ga4__sessions', 'table': 'sessions'},
]) }}
