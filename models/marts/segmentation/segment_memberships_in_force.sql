{{ config(materialized='ephemeral') }}
{%- set rules = segment_rules() %}

{{ after_gate('gate_marts') }}
with memberships as (
    select * from {{ ref('segment_memberships') }}
),

resolved as (
    {{ segment_hash_list(rules) | indent(4) }}
),

final as (
    select
        memberships.contact_id,
        memberships.segment,
        resolved.rules_hash,
        memberships.as_of_date
    from memberships
    inner join resolved on memberships.segment = resolved.segment
)

select * from final
