with accepted_lines as (
    select * from {{ ref('stg_generic__email_events') }}
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
        source_event_id,
        source_contact_id,
        email_raw,
        source_campaign_id,
        event_type,
        event_type as native_type,
        occurred_at,
        time_precision,
        event_count,
        is_machine,
        case when is_machine then 'exported flag' end as machine_reason,
        url,
        cast(null as {{ dbt.type_string() }}) as link_kind,
        user_agent,
        ip,
        cast(null as {{ dbt.type_string() }}) as bounce_class
    from accepted_lines
)

select * from final
