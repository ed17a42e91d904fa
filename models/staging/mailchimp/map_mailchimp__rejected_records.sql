{{ system_rejected_records('mailchimp', [
    {'model': 'stg_mailchimp__audience_members', 'table': 'audience_members'},
    {'model': 'stg_mailchimp__account_campaigns', 'table': 'account_campaigns'},
    {'model': 'stg_mailchimp__granular_opens', 'table': 'granular_opens'},
    {'model': 'stg_mailchimp__granular_clicks', 'table': 'granular_clicks'},
    {'model': 'stg_mailchimp__aggregate_recipients', 'table': 'aggregate_recipients'},
    {'model': 'stg_mailchimp__aggregate_opt_outs', 'table': 'aggregate_opt_outs'},
    {'model': 'stg_mailchimp__member', 'table': 'member'},
    {'model': 'stg_mailchimp__campaign', 'table': 'campaign'},
    {'model': 'stg_mailchimp__campaign_recipient', 'table': 'campaign_recipient'},
    {
        'model': 'stg_mailchimp__campaign_recipient_activity',
        'table': 'campaign_recipient_activity',
    },
    {'model': 'stg_mailchimp__unsubscribe', 'table': 'unsubscribe'},
]) }}
