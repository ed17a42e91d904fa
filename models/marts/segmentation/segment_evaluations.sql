{%- set rules = segment_rules_checked() %}

{{ after_gate('gate_intermediate') }}
with features as (
    select * from {{ ref('int_contact_features') }}
),

{{ segment_ctes(rules, segment_fields(), segment_reserved_names()) }}

select * from evaluated
