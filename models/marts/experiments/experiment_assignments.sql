{{ after_gate('gate_intermediate') }}
with exported as (
    select * from {{ ref('int_experiment_assignments__unified') }}
),

draws as (
    select * from {{ ref('experiment_draws') }}
),

people as (
    select * from {{ ref('int_contact_record_people') }}
),

dates as (
    select * from {{ ref('int_as_of_dates') }}
),

today as (
    select
        as_of_date,
        {{ end_of_day('as_of_date') }} as known_until
    from dates
    where is_current
),

assigned as (
    select
        exported.assignment_id,
        exported.experiment,
        exported.arm,
        exported.contact_id,
        exported.assigned_at,
        exported.is_in_two_arms,
        exported.is_assigned_again,
        false as is_drawn_here
    from exported
    inner join today on exported.assigned_at <= today.known_until
    union all
    -- whose contact became part of another person is that person now
    select
        {{ canonical_key(['draws.experiment', 'draws.contact_id']) }} as assignment_id,
        draws.experiment,
        draws.arm,
        people.contact_id,
        draws.assigned_at,
        false as is_in_two_arms,
        false as is_assigned_again,
        true as is_drawn_here
    from draws
    inner join today on draws.assigned_at <= today.known_until
    left join people on draws.contact_id = left(people.contact_record_id, 16)
),

-- one person, however many records of theirs were assigned; nobody known stays one line each
by_person as (
    select
        experiment,
        contact_id,
        case when contact_id is null then assignment_id end as unknown_id,
        min(arm) as arm,
        min(assigned_at) as assigned_at,
        min(arm) <> max(arm) or max(case when is_in_two_arms then 1 else 0 end) = 1
            as is_in_two_arms,
        count(*) > 1 or max(case when is_assigned_again then 1 else 0 end) = 1
            as is_assigned_again,
        max(case when is_drawn_here then 1 else 0 end) = 1 as is_drawn_here
    from assigned
    group by
        experiment,
        contact_id,
        case when contact_id is null then assignment_id end
),

final as (
    select
        {{ canonical_key(['experiment', 'coalesce(contact_id, unknown_id)']) }} as assignment_id,
        experiment,
        contact_id,
        case when not is_in_two_arms then arm end as arm,
        assigned_at,
        is_drawn_here,
        is_assigned_again,
        case
            when contact_id is null then 'unknown_contact'
            when is_in_two_arms then 'two_arms'
        end as left_out_because
    from by_person
)

select * from final
