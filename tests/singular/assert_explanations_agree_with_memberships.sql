-- Leaves are compiled twice: into the bands and masks of segment_evaluations, and one by one for
-- segment_explanations. What the leaves of a segment come to together is the membership, for a
-- share of the contacts of the current date.
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
    where is_current and {{ text_md5('contact_id') }} < '2'
),

{{ segment_explanation_ctes(program, rules) }},

final as (
    select
        contact_id,
        as_of_date
    from explained
    where
        false
        {%- for root in program['roots'] %}
        or ({{ root['sql'] }}) <> {{ root['member'] }}
        {%- endfor %}
)

select * from final
