{%- set rules = segment_rules_checked() %}
{%- set fields = segment_fields() %}
{%- set inputs = segment_inputs(rules, fields) %}

{{ after_gate('gate_intermediate') }}
-- depends_on: {{ ref('int_contact_features') }}
-- depends_on: {{ ref('int_contact_event_counts') }}
{{- segment_fitted_refs() }}
with features as (
    {{ segment_features(inputs, ref('int_contact_event_counts')) | indent(4) }}
),

{{ segment_ctes(rules, fields, segment_reserved_names()) }}

select * from evaluated
