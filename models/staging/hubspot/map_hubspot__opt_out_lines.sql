{{ system_opt_out_lines('hubspot', [
    {
        'model': 'stg_hubspot__contacts', 'contact_id': 'record_id', 'address': 'email',
        'is_counted_by_id': 'reject_reason is null and record_id is not null'
            ~ ' and email is null and additional_emails is null',
    },
    {'model': 'stg_hubspot__opt_outs', 'address': 'email'},
    {'model': 'stg_hubspot__email_events', 'address': 'recipient'},
]) }}
