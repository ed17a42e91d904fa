with accepted_lines as (
    select * from {{ ref('stg_generic__experiment_assignments') }}
    where reject_reason is null
),

final as (
    select
        'generic' as source_system,
        source_relation,
        source_file,
        line_number,
        loaded_at,
        line_key,
        experiment,
        arm,
        source_contact_id,
        assigned_at
    from accepted_lines
)

select * from final
