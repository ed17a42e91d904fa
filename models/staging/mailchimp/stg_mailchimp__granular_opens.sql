{{ incremental_by_file('mailchimp', 'granular_opens') }}

{{ mailchimp_granular(
    'granular_opens',
    'mailchimp.open',
    column='is_proxy_open',
    typed=parse_boolean('exported.is_proxy_open'),
    in_key=false,
) }}
