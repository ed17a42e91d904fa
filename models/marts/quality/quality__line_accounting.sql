-- not behind the gates: the counts are what explains why a gate stopped the run
with landing_files as (
    select * from {{ source('landing', 'landing_files') }}
),

typed_lines as (
    select * from {{ ref('int_line_counts__unified') }}
),

typed_files as (
    select
        source_file,
        sum(accepted_lines) as accepted_lines,
        sum(rejected_lines) as rejected_lines
    from typed_lines
    group by source_file
),

counted as (
    select
        fil.source_system,
        fil.source_relation,
        replace(fil.source_table, fil.source_system || '__', '') as source_table,
        fil.source_file,
        fil.status,
        fil.message,
        coalesce(fil.lines, 0) as lines_in_file,
        coalesce(fil.accepted_lines, 0) as loaded_lines,
        coalesce(fil.rejected_lines, 0) as rejected_by_loader,
        coalesce(typ.rejected_lines, 0) as rejected_by_staging,
        coalesce(typ.accepted_lines, 0) as accepted_lines,
        fil.loaded_at
    from landing_files as fil
    left join typed_files as typ on fil.source_file = typ.source_file
    where fil.source_system in {{ text_list(var('systems')) | indent(4) }}
),

final as (
    select
        cast(source_system as varchar) as source_system,
        cast(source_relation as varchar) as source_relation,
        cast(source_table as varchar) as source_table,
        cast(source_file as varchar) as source_file,
        cast(status as varchar) as status,
        cast(message as varchar) as message,
        cast(lines_in_file as bigint) as lines_in_file,
        cast(accepted_lines as bigint) as accepted_lines,
        cast(rejected_by_loader as bigint) as rejected_by_loader,
        cast(rejected_by_staging as bigint) as rejected_by_staging,
        lines_in_file = loaded_lines + rejected_by_loader
        and loaded_lines = accepted_lines + rejected_by_staging as is_reconciled,
        cast(loaded_at as timestamp) as loaded_at
    from counted
)

select * from final
