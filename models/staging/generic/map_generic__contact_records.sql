with accepted_lines as (
    select * from {{ ref('stg_generic__contacts') }}
    where reject_reason is null
),

final as (
    {{ canonical_select(
        'contact_records', 'accepted_lines', 'generic',
        missing=['source_list_id', 'consent_method', 'denies_opt_out'],
    ) }}
)

select * from final
