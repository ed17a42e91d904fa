{{ system_opt_out_lines('hubspot', [
    {'model': 'stg_hubspot__contacts', 'contact_id': 'record_id'},
    {'model': 'stg_hubspot__opt_outs'},
    {'model': 'stg_hubspot__email_events'},
]) }}
