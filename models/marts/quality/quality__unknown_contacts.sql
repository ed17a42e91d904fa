with unknown_contacts as (
    select * from {{ ref('int_unknown_contacts') }}
),

final as (
    select
        cast(source_system as varchar) as source_system,
        cast(source_relation as varchar) as source_relation,
        cast(source_file as varchar) as source_file,
        cast(entity as varchar) as entity,
        cast(lines as bigint) as lines,
        cast(named_lines as bigint) as named_lines,
        cast(unknown_lines as bigint) as unknown_lines,
        cast(unknown_share as double) as unknown_share
    from unknown_contacts
)

select * from final
