{{ after_gate('gate_intermediate') }}
with conflicts as (
    select * from {{ ref('int_identity_conflicts') }}
),

final as (
    select
        cast({{ canonical_key([
            'kind', 'source_system', 'source_relation', 'identifier_type', 'identifier_value',
        ]) }} as varchar) as conflict_id,
        cast(kind as varchar) as kind,
        cast(source_system as varchar) as source_system,
        cast(source_relation as varchar) as source_relation,
        cast(source_file as varchar) as source_file,
        cast(identifier_type as varchar) as identifier_type,
        -- an address shows its first letter and domain; a number, which may be somebody's
        -- phone, its end; a key its whole, and what may be a name its first letter
        cast(
            case
                when identifier_value like '%@%'
                    then left(identifier_value, 1) || '***@'
                    || {{ dbt.split_part('identifier_value', "'@'", 2) }}
                when identifier_type = 'component' then identifier_value
                when {{ matches('identifier_value', "'^[0-9 +()./-]+$'") }}
                    then '***' || right(identifier_value, 2)
                when {{ matches('identifier_value', "'^[0-9a-f]{8,40}$'") }} then identifier_value
                else left(identifier_value, 1) || '***'
            end as varchar
        ) as identifier_shown,
        cast({{ sha256_hex('identifier_value') }} as varchar) as identifier_sha256,
        cast(records as bigint) as records,
        cast(addresses as bigint) as addresses,
        cast(names as bigint) as names,
        cast(outcome as varchar) as outcome
    from conflicts
)

select * from final
