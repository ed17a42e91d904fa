{{ system_opt_out_lines('generic', [
    {'model': 'stg_generic__contacts', 'contact_id': 'source_contact_id'},
    {'model': 'stg_generic__email_events', 'contact_id': 'source_contact_id'},
]) }}
