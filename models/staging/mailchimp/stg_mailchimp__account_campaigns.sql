{{ mailchimp_campaigns(
    'account_campaigns',
    more={'web_id': clean_text('web_id'), 'emails_sent': parse_integer('emails_sent')},
    time_format='a time YYYY-MM-DD HH:MM:SS',
) }}
