{{ config(materialized='view') }}

{{ after_gate('gate_intermediate') }}
with lifetimes as (
    select * from {{ ref('int_contact_lifetimes') }}
),

final as (
    select * from lifetimes
)

select * from final
