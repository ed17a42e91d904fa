{{ system_opt_out_lines('generic', [
    {
        'model': 'stg_generic__contacts', 'contact_id': 'source_contact_id',
        'address': 'email_raw',
    },
    {
        'model': 'stg_generic__email_events', 'contact_id': 'source_contact_id',
        'address': 'email_raw',
        'is_counted_by_id': 'reject_reason is null and source_contact_id is not null'
            ~ ' and email_raw is null',
    },
]) }}
