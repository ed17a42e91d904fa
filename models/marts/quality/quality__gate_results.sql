{{ config(materialized='view') }}

-- a view: after a gate stopped the run it still shows that gate's rows of today, beside those of
-- gates that were last reached earlier
with earlier_gates as (
    select * from {{ ref('int_gate_results__unified') }}
),

gate_marts as (
    select * from {{ ref('gate_marts') }}
),

results as (
    select * from earlier_gates
    union all
    select * from gate_marts
),

final as (
    select
        cast(gate as varchar) as gate,
        cast(suite as varchar) as suite,
        cast(model as varchar) as model,
        cast(column_name as varchar) as column_name,
        cast(check_name as varchar) as check_name,
        cast(expectation as varchar) as expectation,
        cast(kwargs as varchar) as kwargs,
        cast(severity as varchar) as severity,
        cast(success as boolean) as success,
        cast(observed_value as varchar) as observed_value,
        cast(unexpected_count as bigint) as unexpected_count,
        cast(unexpected_percent as double) as unexpected_percent,
        cast(message as varchar) as message,
        cast(evaluated_at as timestamp) as evaluated_at,
        evaluated_at = max(evaluated_at) over () as is_latest_run
    from results
)

select * from final
