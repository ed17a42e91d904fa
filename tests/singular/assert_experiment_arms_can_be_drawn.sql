-- An arm of a segment that does not exist gets nobody, and an experiment whose rows name two
-- beginnings or two salts is not drawn as any of them says: its figures would be of another test.
{{ config(severity='error') }}
{%- set segments = [] %}
{%- for rule in segment_rules() %}{%- do segments.append(quoted_text(rule.name)) %}{%- endfor %}
with arms as (
    select * from {{ ref('experiment_arms') }}
),

unknown_segments as (
    select
        experiment,
        'no segment is named ' || segment as problem
    from arms
    where segment not in ({{ segments | join(', ') or "''" }})
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
