{{ incremental_by_file('mailchimp', 'granular_clicks') }}

{{ mailchimp_granular(
    'granular_clicks',
    'mailchimp.click',
    column='url',
    typed=clean_text('exported.url'),
    in_key=true,
) }}
