{{ config(materialized='ephemeral') }}
{%- set rules = segment_rules() %}

{{ after_gate('gate_marts') }}
with memberships as (
    select * from {{ ref('segment_memberships') }}
),

hashes as (
    {{ segment_hash_list(rules) | indent(4) }}
),

final as (
    select
        memberships.contact_id,
        memberships.segment,
        hashes.rules_hash,
        memberships.as_of_date
    from memberships
    inner join hashes on memberships.segment = hashes.segment
)

select * from final
