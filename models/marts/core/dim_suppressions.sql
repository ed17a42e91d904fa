{{ config(materialized='view') }}

{{ after_gate('gate_intermediate') }}
with suppressions as (
    select * from {{ ref('int_suppressions__unified') }}
),

final as (
    select
        suppression_id,
        address_sha256,
        address_md5,
        contact_id,
        cause,
        scope_type,
        scope_id,
        source_system,
        source_relation,
        started_at as last_evidence_at,
        source_file as evidence,
        ended_at as lifted_at,
        is_open
    from suppressions
)

select * from final
