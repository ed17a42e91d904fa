-- not behind the gate: these reasons are what explains why a gate stopped the run
with final as (
{{ union_systems('rejected_records') | indent(4) }}
)

select * from final
