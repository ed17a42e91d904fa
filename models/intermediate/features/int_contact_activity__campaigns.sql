-- empty unless a rule asks for a campaign type; a table, because thirteen slices read it
{{ segment_mails(segment_event_columns(segment_rules_checked(), segment_fields())) }}
-- depends_on: {{ ref('int_contact_activity__stream') }}
-- depends_on: {{ ref('int_campaigns__unified') }}
