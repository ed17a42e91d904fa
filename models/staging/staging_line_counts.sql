{{ config(materialized='table') }}

{%- set deliveries = tables_by_delivery() -%}

with landing_files as (
    select * from {{ source('landing', 'landing_files') }}
),

landing_log as (
    select * from {{ source('landing', 'landing_log') }}
),

rejected_lines as (
    select * from {{ source('landing', 'rejected_lines') }}
),

typed_lines as (
    {{- union_systems('line_counts', columns=[
        'source_file', 'accepted_lines', 'rejected_lines', 'first_at', 'last_at',
    ]) }}
),

rejected_records as (
    {{- union_systems('rejected_records', columns=['source_file', 'reason']) }}
),

typed_files as (
    select
        source_file,
        sum(accepted_lines) as accepted_lines,
        sum(rejected_lines) as rejected_lines,
        min(first_at) as first_at,
        max(last_at) as last_at
    from typed_lines
    group by source_file
),

-- lines of people who were erased were read well: no sign of a bad file
erased_lines as (
    select
        source_file,
        count(*) as erased_lines
    from rejected_lines
    where reason = 'erased person'
    group by source_file
),

future_lines as (
    select
        source_file,
        count(*) as future_lines
    from rejected_records
    where reason like '%in the future%'
    group by source_file
),

log_series as (
    select
        *,
        coalesce(load_started_at, loaded_at) as delivered_at,
        {{ export_series('source_file') }} as export_series
    from landing_log
    where status = 'loaded'
),

-- files of one run lie beside each other: a whole list and what changed since, or two lists. Only
-- what came with an earlier run was there before
series_deliveries as (
    select
        source_system,
        source_relation,
        source_table,
        export_series,
        delivered_at,
        max(lines) as lines
    from log_series
    group by source_system, source_relation, source_table, export_series, delivered_at
),

-- the greatest of the three deliveries before: against the last one alone, a bad file delivered
-- twice would be the measure of itself
series_previous as (
    select
        source_system,
        source_relation,
        source_table,
        export_series,
        delivered_at,
        max(lines) over (
            partition by source_system, source_relation, source_table, export_series
            order by delivered_at
            rows between 3 preceding and 1 preceding
        ) as previous_series_lines
    from series_deliveries
),

log_previous as (
    select
        log.source_file,
        log.loaded_at,
        max(log.lines) over (
            partition by log.source_system, log.source_relation, log.source_table, log.source_file
            order by log.loaded_at
            rows between 3 preceding and 1 preceding
        ) as previous_file_lines,
        ser.previous_series_lines,
        max(log.loaded_at) over (
            partition by log.source_system, log.source_relation, log.source_table, log.export_series
        ) = log.loaded_at as is_latest_in_series
    from log_series as log
    inner join series_previous as ser
        on
            log.source_system = ser.source_system
            and log.source_relation = ser.source_relation
            and log.source_table = ser.source_table
            and log.export_series = ser.export_series
            and log.delivered_at = ser.delivered_at
),

joined as (
    select
        fil.source_system,
        fil.source_relation,
        fil.source_table,
        fil.source_file,
        fil.loaded_at,
        fil.content_hash,
        fil.status = 'refused' as is_refused,
        fil.source_file in {{ text_list(var('accepted_files')) | indent(8) }}
            as is_accepted_by_user,
        case
            {%- for part in part_files() %}
            when
                fil.source_table = '{{ part.identifier }}'
                and lower({{ dbt.split_part('fil.source_file', "'/'", -1) }})
                like '{{ part.pattern }}'
                then 'period'
            {%- endfor %}
            {%- for delivery, tables in deliveries.items() %}
            when fil.source_table in {{ text_list(tables | sort) | indent(12) }}
                then '{{ delivery }}'
            {%- endfor %}
            else 'period'
        end as delivery,
        coalesce(fil.lines, 0) as file_lines,
        coalesce(fil.rejected_lines, 0) - coalesce(ers.erased_lines, 0) as loader_rejected_lines,
        coalesce(typ.rejected_lines, 0) as staging_rejected_lines,
        coalesce(fut.future_lines, 0) as future_lines,
        coalesce(typ.accepted_lines, 0) as accepted_lines,
        typ.first_at,
        typ.last_at,
        typ.first_at is not null as is_event_export,
        {{ export_series('fil.source_file') }} as export_series,
        prv.is_latest_in_series,
        prv.previous_file_lines,
        prv.previous_series_lines
    from landing_files as fil
    left join typed_files as typ on fil.source_file = typ.source_file
    left join erased_lines as ers on fil.source_file = ers.source_file
    left join future_lines as fut on fil.source_file = fut.source_file
    left join log_previous as prv
        on
            fil.source_file = prv.source_file
            and fil.loaded_at = prv.loaded_at
    where fil.source_system in {{ text_list(var('systems')) | indent(4) }}
),

spanned as (
    select
        *,
        {{ days_between('cast(first_at as date)', 'cast(last_at as date)') }} + 1 as covered_days
    from joined
),

daily as (
    select
        *,
        cast(file_lines as double) / covered_days as lines_per_day
    from spanned
),

usual as (
    select
        cur.source_file,
        median(oth.lines_per_day) as usual_lines_per_day,
        max(oth.last_at) as previous_last_at
    from daily as cur
    inner join daily as oth
        on
            cur.source_system = oth.source_system
            and cur.source_relation = oth.source_relation
            and cur.source_table = oth.source_table
            and cur.export_series = oth.export_series
            and cur.source_file != oth.source_file
            and cur.loaded_at > oth.loaded_at
    where cur.is_event_export and oth.is_event_export
    group by cur.source_file
),

final as (
    select
        day.source_system,
        day.source_relation,
        day.source_table,
        day.source_file,
        day.loaded_at,
        day.content_hash,
        day.is_refused,
        day.is_accepted_by_user,
        cast(day.file_lines as bigint) as file_lines,
        cast(day.loader_rejected_lines as bigint) as loader_rejected_lines,
        cast(day.staging_rejected_lines as bigint) as staging_rejected_lines,
        cast(day.future_lines as bigint) as future_lines,
        cast(day.accepted_lines as bigint) as accepted_lines,
        case
            when day.file_lines > 0
                then
                    cast(day.loader_rejected_lines + day.staging_rejected_lines as double)
                    / day.file_lines
        end as reject_share,
        day.first_at,
        day.last_at,
        day.is_event_export,
        day.delivery,
        day.export_series,
        coalesce(day.is_latest_in_series, false) as is_latest_in_series,
        coalesce(
            day.previous_file_lines,
            case when day.delivery = 'whole_list' then day.previous_series_lines end
        ) as previous_lines,
        day.lines_per_day,
        usu.usual_lines_per_day,
        usu.previous_last_at
    from daily as day
    left join usual as usu on day.source_file = usu.source_file
)

select * from final
