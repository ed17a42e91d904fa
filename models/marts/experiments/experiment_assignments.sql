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
    {{ experiment_assigned('draws') }}
),

by_person as (
    {{ experiment_by_person('assigned') }}
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
