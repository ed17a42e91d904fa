-- not behind the gates: the reasons are what explains why a gate stopped the run
with malformed as (
    select * from {{ source('landing', 'rejected_lines') }}
),

unparsable as (
    select * from {{ ref('int_rejected_records__unified') }}
),

rejected as (
    select
        source_system,
        source_relation,
        replace(source_table, source_system || '__', '') as source_table,
        source_file,
        line_number,
        'loader' as rejected_by,
        reason,
        loaded_at
    from malformed
    where source_system in {{ text_list(var('systems')) | indent(4) }}
    union all
    select
        source_system,
        source_relation,
        source_table,
        source_file,
        line_number,
        'staging' as rejected_by,
        reason,
        loaded_at
    from unparsable
),

final as (
    select
        cast(source_system as varchar) as source_system,
        cast(source_relation as varchar) as source_relation,
        cast(source_table as varchar) as source_table,
        cast(source_file as varchar) as source_file,
        cast(line_number as bigint) as line_number,
        cast(rejected_by as varchar) as rejected_by,
        cast(reason as varchar) as reason,
        cast(loaded_at as timestamp) as loaded_at
    from rejected
)

select * from final
