{{ config(materialized='table') }}

with staged_lines as (
{{ union_systems('opt_out_lines') | indent(4) }}
),

malformed_lines as (
    select * from {{ ref('staging_malformed_opt_outs') }}
),

final as (
    select
        source_system,
        source_relation,
        source_file,
        line_number,
        loaded_at,
        line_key,
        source_contact_id,
        opt_out_cause,
        opt_out_text,
        opt_out_address,
        is_counted_by_id
    from staged_lines
    union all
    select
        source_system,
        source_relation,
        source_file,
        line_number,
        loaded_at,
        line_key,
        source_contact_id,
        opt_out_cause,
        opt_out_text,
        cast(null as {{ dbt.type_string() }}) as opt_out_address,
        false as is_counted_by_id
    from malformed_lines
)

select * from final
