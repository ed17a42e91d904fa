{{ config(materialized='view') }}
{%- set rules = segment_rules() %}
{%- set fields = segment_fields() %}
{%- set inputs = segment_inputs(rules, fields) %}
{%- set program = segment_explanation_program(rules, fields) %}

-- depends_on: {{ ref('int_contact_features') }}
-- depends_on: {{ ref('int_contact_event_counts') }}
{{- segment_fitted_refs() }}
with features as (
    {{ segment_features(inputs, ref('int_contact_event_counts')) | indent(4) }}
),

history as (
    select * from {{ ref('segment_history') }}
),

{{ segment_explanation_ctes(program, rules) }},

{{ segment_leaf_ctes(program, rules) }}

select * from final
