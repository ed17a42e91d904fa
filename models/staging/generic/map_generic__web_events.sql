with accepted_lines as (
    select * from {{ ref('stg_generic__web_events') }}
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
        source_web_event_id,
        source_session_id,
        source_contact_id,
        event_name,
        occurred_at,
        source_product_id,
        value,
        url
    from accepted_lines
)

select * from final
