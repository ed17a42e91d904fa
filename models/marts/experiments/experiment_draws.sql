{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='append_new_columns',
    full_refresh=false,
) }}
{%- set holdout_percent = var('holdout_percent') %}
{{ after_gate('gate_intermediate') }}
-- a draw is made once: nothing here is ever changed or computed again, --full-refresh included
with arms as (
    select * from {{ ref('experiment_arms') }}
),

contacts as (
    select * from {{ ref('int_contacts__resolved') }}
),

memberships as (
    select * from {{ ref('segment_memberships') }}
),

people as (
    select * from {{ ref('int_contact_record_people') }}
),

dates as (
    select * from {{ ref('int_as_of_dates') }}
),

-- who was drawn before; a contact that became part of another person speaks for that person
drawn as (
    {%- if is_incremental() %}
    select
        held.experiment,
        held.arm,
        coalesce(people.contact_id, held.contact_id) as contact_id
    from {{ this }} as held
    left join people on held.contact_id = left(people.contact_record_id, 16)
    {%- else %}
    select
        cast(null as {{ dbt.type_string() }}) as experiment,
        cast(null as {{ dbt.type_string() }}) as arm,
        contact_id
    from people
    where false
    {%- endif %}
),

today as (
    select
        as_of_date,
        {{ end_of_day('as_of_date') }} as assigned_at
    from dates
    where is_current
),

-- everybody is drawn, so that a higher share later holds back newcomers only: whoever was treated
-- once cannot be held back any more
held_back as (
    select
        contacts.contact_id,
        {%- if holdout_percent | float > 0 %}
        {{ experiment_arm('contacts.contact_id', "'" ~ global_holdout() ~ "'", {
            'holdout': holdout_percent | float,
            'everyone_else': 100 - holdout_percent | float,
        }) }} as arm
        {%- else %}
        cast(null as {{ dbt.type_string() }}) as arm
        {%- endif %}
    from contacts
    left join drawn
        on
            contacts.contact_id = drawn.contact_id
            and drawn.experiment = '{{ global_holdout() }}'
    where drawn.contact_id is null and {{ holdout_percent | float }} > 0
),

untouchable as (
    select contact_id
    from drawn
    where experiment = '{{ global_holdout() }}' and arm = 'holdout'
    union
    select contact_id
    from held_back
    where arm = 'holdout'
),

settings as (
    select
        arms.experiment,
        coalesce(min(arms.salt), arms.experiment) as salt
    from arms
    cross join today
    group by arms.experiment, today.as_of_date
    having
        min(arms.starts_on) <= today.as_of_date
        and coalesce(max(arms.ends_on) >= today.as_of_date, true)
),

-- from where to where on the line from 0 to 1 each arm reaches, within its segment
reaches as (
    select
        arms.experiment,
        arms.segment,
        arms.arm,
        settings.salt,
        arms.weight,
        sum(arms.weight) over (
            partition by arms.experiment, arms.segment
            order by arms.arm
            rows between unbounded preceding and current row
        ) as weight_reached,
        sum(arms.weight) over (partition by arms.experiment, arms.segment) as weight_of_all,
        row_number() over (
            partition by arms.experiment, arms.segment
            order by arms.arm desc
        ) = 1 as is_last
    from arms
    inner join settings on arms.experiment = settings.experiment
),

populations as (
    select
        experiment,
        segment,
        min(salt) as salt
    from reaches
    group by experiment, segment
),

candidates as (
    select
        populations.experiment,
        populations.segment,
        populations.salt,
        memberships.contact_id
    from populations
    inner join memberships on populations.segment = memberships.segment
    union all
    select
        populations.experiment,
        populations.segment,
        populations.salt,
        contacts.contact_id
    from populations
    cross join contacts
    where populations.segment is null and contacts.is_mailable
),

-- where segments are compared, nobody can say for which of two a contact in both stands
eligible as (
    select
        candidates.experiment,
        candidates.contact_id,
        min(candidates.segment) as segment,
        {{ experiment_share('candidates.contact_id', 'min(candidates.salt)') }} as share
    from candidates
    left join drawn
        on
            candidates.contact_id = drawn.contact_id
            and candidates.experiment = drawn.experiment
    left join untouchable on candidates.contact_id = untouchable.contact_id
    where drawn.contact_id is null and untouchable.contact_id is null
    group by candidates.experiment, candidates.contact_id
    having count(*) = 1
),

draws as (
    select
        eligible.experiment,
        eligible.contact_id,
        reaches.arm,
        reaches.segment,
        reaches.salt,
        reaches.weight / reaches.weight_of_all as arm_share
    from eligible
    inner join reaches
        on
            eligible.experiment = reaches.experiment
            and coalesce(eligible.segment, '') = coalesce(reaches.segment, '')
            and eligible.share >= (reaches.weight_reached - reaches.weight) / reaches.weight_of_all
            and (
                eligible.share < reaches.weight_reached / reaches.weight_of_all
                or reaches.is_last
            )
    union all
    select
        '{{ global_holdout() }}' as experiment,
        contact_id,
        arm,
        cast(null as {{ dbt.type_string() }}) as segment,
        '{{ global_holdout() }}' as salt,
        case
            when arm = 'holdout' then {{ holdout_percent | float / 100 }}
            else {{ 1 - holdout_percent | float / 100 }}
        end as arm_share
    from held_back
),

final as (
    select
        draws.experiment,
        draws.contact_id,
        draws.arm,
        draws.segment,
        draws.salt,
        cast(draws.arm_share as double) as arm_share,
        today.as_of_date,
        today.assigned_at
    from draws
    cross join today
)

select * from final
