with accepted_lines as (
    select * from {{ ref('stg_generic__campaigns') }}
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
        source_campaign_id,
        name,
        subject,
        campaign_type,
        reactivation_step,
        sent_at,
        source_list_id
    from accepted_lines
)

select * from final
