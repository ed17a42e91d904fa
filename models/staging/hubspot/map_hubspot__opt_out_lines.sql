{{ system_opt_out_lines('hubspot', [
    {'model': 'stg_hubspot__contacts', 'contact_id': 'record_id', 'address': 'email'},
    {'model': 'stg_hubspot__opt_outs', 'address': 'email'},
    {'model': 'stg_hubspot__email_events', 'address': 'recipient'},
]) }}
