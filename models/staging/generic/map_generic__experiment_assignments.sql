with accepted_lines as (
    select * from {{ ref('stg_generic__experiment_assignments') }}
    where reject_reason is null
),

final as (
    {{ canonical_select('experiment_assignments', 'accepted_lines', 'generic') }}
)

select * from final
