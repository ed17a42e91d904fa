{{ system_rejected_records('hubspot', [
    {'model': 'stg_hubspot__contacts', 'table': 'contacts'},
    {'model': 'stg_hubspot__opt_outs', 'table': 'opt_outs'},
    {'model': 'stg_hubspot__email_events', 'table': 'email_events'},
]) }}
