{{ config(materialized='ephemeral') }}

{{ after_gate('gate_marts') }}
with memberships as (
    select * from {{ ref('segment_memberships') }}
),

definitions as (
    select * from {{ ref('segment_definitions') }}
),

final as (
    select
        memberships.contact_id,
        memberships.segment,
        definitions.rules_hash,
        memberships.as_of_date
    from memberships
    inner join definitions on memberships.segment = definitions.segment
)

select * from final
