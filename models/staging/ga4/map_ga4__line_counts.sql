{{ system_line_counts('ga4', [
    {'model': 'stg_ga4__sessions', 'table': 'sessions', 'at': 'started_at'},
]) }}
