{%- set rules = segment_rules_checked() %}

{{ after_gate('gate_intermediate') }}
with features as (
    select * from {{ ref('int_contact_features') }}
),

{{ segment_ctes(rules, segment_fields(), segment_reserved_names()) }},

final as (
    select
        {{ segment_reserved_names() | join(', ') }},
        {{ segment_packed(rules) }}
    from segmented
)

select * from final
