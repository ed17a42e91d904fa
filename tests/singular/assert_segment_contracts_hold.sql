-- What is expected of a segment (`expect:` in the rules, severity warning) and is not so: somebody
-- should look before writing to it.
{{ config(severity='warn') }}

with contracts as (
    select * from {{ ref('segment_contracts') }}
),

final as (
    select
        segment,
        check_name
    from contracts
    where severity = 'warning' and not is_met
)

select * from final
