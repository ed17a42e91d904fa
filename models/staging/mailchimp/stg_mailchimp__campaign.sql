{{ mailchimp_campaigns('campaign', more={}, time_format='an ISO time') }}
