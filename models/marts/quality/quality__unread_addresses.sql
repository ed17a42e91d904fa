with cells as (
    select * from {{ ref('int_address_cells__unified') }}
),

final as (
    select
        cast(source_system as varchar) as source_system,
        cast(source_relation as varchar) as source_relation,
        cast(source_file as varchar) as source_file,
        cast(entity as varchar) as entity,
        cast(cells as bigint) as cells,
        cast(no_address as bigint) as no_address,
        cast(not_valid as bigint) as not_valid,
        cast(cast(no_address + not_valid as double) / cells as double) as unread_share
    from cells
)

select * from final
