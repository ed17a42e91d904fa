{%- set rules = segment_rules_checked() %}
{%- set fields = segment_fields() %}
{%- set columns = segment_event_columns(rules, fields) %}

{{ after_gate('gate_intermediate') }}
-- depends_on: {{ ref('int_contact_features') }}
-- depends_on: {{ ref('int_contact_event_counts') }}
with features as (
    {{ segment_features(columns, ref('int_contact_event_counts')) | indent(4) }}
),

{{ segment_ctes(rules, fields, segment_reserved_names()) }}

select * from evaluated
