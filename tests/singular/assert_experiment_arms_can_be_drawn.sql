-- An arm of a segment that does not exist gets nobody, and an experiment whose rows name two
-- beginnings or two salts is not drawn as any of them says: its figures would be of another test.
{{ config(severity='error') }}
with arms as (
    select * from {{ ref('experiment_arms') }}
),

definitions as (
    select * from {{ ref('segment_definitions') }}
),

unknown_segments as (
    select
        arms.experiment,
        'no segment is named ' || arms.segment as problem
    from arms
    left join definitions on arms.segment = definitions.segment
    where arms.segment is not null and definitions.segment is null
),

contradictions as (
    select
        experiment,
        'starts_on, ends_on and salt must be the same in all rows of an experiment' as problem
    from arms
    group by experiment
    having
        count(distinct coalesce(cast(starts_on as {{ dbt.type_string() }}), '')) > 1
        or count(distinct coalesce(cast(ends_on as {{ dbt.type_string() }}), '')) > 1
        or count(distinct coalesce(salt, '')) > 1
),

reserved as (
    select
        experiment,
        '{{ global_holdout() }} is the name of the holdout, not of an experiment' as problem
    from arms
    where experiment = '{{ global_holdout() }}'
),

final as (
    select * from unknown_segments
    union all
    select * from contradictions
    union all
    select * from reserved
)

select * from final
