with assignments as (
{{ union_systems('experiment_assignments') | indent(4) }}
),

lookup as (
    select * from {{ ref('int_contact_lookup') }}
),

-- the first assignment is the one the contact was treated by
ranked as (
    select
        *,
        row_number() over (
            partition by source_system, source_relation, experiment, source_contact_id
            order by assigned_at, loaded_at, source_file, line_number
        ) as version_rank,
        min(arm) over (
            partition by source_system, source_relation, experiment, source_contact_id
        ) as first_arm,
        max(arm) over (
            partition by source_system, source_relation, experiment, source_contact_id
        ) as last_arm,
        max(assigned_at) over (
            partition by source_system, source_relation, experiment, source_contact_id
        ) as last_assigned_at
    from assignments
),

final as (
    select
        {{ canonical_key([
            'assignments.source_system', 'assignments.source_relation',
            'assignments.experiment', 'assignments.source_contact_id',
        ]) }} as assignment_id,
        assignments.experiment,
        assignments.arm,
        ids.contact_id,
        assignments.assigned_at,
        assignments.first_arm <> assignments.last_arm as is_in_two_arms,
        assignments.assigned_at < assignments.last_assigned_at as is_assigned_again,
        assignments.source_system,
        assignments.source_relation,
        assignments.source_file,
        assignments.line_number,
        assignments.loaded_at
    from ranked as assignments
    left join lookup as ids
        on
            assignments.source_system = ids.source_system
            and {{ lookup_relation('assignments') }} = ids.source_relation
            and assignments.source_contact_id = ids.lookup_value
    where assignments.version_rank = 1
)

select * from final
