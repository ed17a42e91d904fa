-- not behind the gate: these counts are what explains why a gate stopped the run
with final as (
{{ union_systems('line_counts') | indent(4) }}
)

select * from final
