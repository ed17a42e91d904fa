{{ after_gate('gate_intermediate') }}
with scores as (
    select * from {{ ref('int_contact_propensities') }}
),

fits as (
    select * from {{ ref('int_propensity_fits') }}
    where is_used
),

-- equal scores share a tenth: that of their middle
ranked as (
    select
        contact_id,
        target,
        score,
        count(score) over (partition by target) as members,
        rank() over (partition by target, score is null order by score) - 1 as lower_members,
        count(*) over (partition by target, score) as equal_members
    from scores
),

final as (
    select
        ranked.contact_id,
        ranked.target,
        fits.algorithm,
        fits.horizon_days,
        fits.as_of_date,
        ranked.score,
        case
            when ranked.score is not null
                then cast(
                    floor(
                        (ranked.lower_members + ranked.equal_members / 2e0) * 10 / ranked.members
                    ) as int
                ) + 1
        end as decile
    from ranked
    inner join fits on ranked.target = fits.target
)

select * from final
