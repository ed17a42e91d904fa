-- not behind the gates: it explains what a gate says of dates
with set_aside as (
    select * from {{ ref('int_lines_set_aside') }}
),

final as (
    select
        cast(entity as varchar) as entity,
        cast(source_system as varchar) as source_system,
        cast(source_relation as varchar) as source_relation,
        cast(source_file as varchar) as source_file,
        cast(line_number as bigint) as line_number,
        cast(dated_on as date) as dated_on,
        cast(reason as varchar) as reason,
        cast(loaded_at as timestamp) as loaded_at
    from set_aside
)

select * from final
