{{ after_gate('gate_intermediate') }}
with contracts as (
    select * from {{ ref('segment_contracts') }}
),

definitions as (
    select * from {{ ref('segment_definitions') }}
),

failed_fits as (
    select * from {{ ref('quality__failed_fits') }}
),

final as (
    select
        segment,
        'expectation' as because,
        sentence
    from contracts
    where severity = 'critical' and not is_met
    union all
    select
        definitions.segment,
        'failed_fit' as because,
        'It asks what ' || failed_fits.family || ' predicts. ' || failed_fits.message as sentence
    from definitions
    inner join failed_fits
        on ', ' || definitions.fitted_by || ', ' like '%, ' || failed_fits.family || ', %'
)

select * from final
