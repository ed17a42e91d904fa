{{ config(materialized='view') }}
{%- set rules = segment_rules() %}

with evaluations as (
    select * from {{ ref('segment_evaluations') }}
),

final as (
    select
        {{ segment_reserved_names() | join(', ') }},
        {{ segment_unpacked(rules) }}
    from evaluations
)

select * from final
