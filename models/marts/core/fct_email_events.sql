{{ after_gate('gate_intermediate') }}
with events as (
    select * from {{ ref('int_email_events__classified') }}
),

final as (
    select
        event_id,
        contact_id,
        campaign_id,
        source_system,
        source_relation,
        event_type,
        native_type,
        occurred_at,
        time_precision,
        cast(event_count as integer) as event_count,
        signal_quality,
        signal_rule,
        classifier_version,
        is_engagement,
        is_machine,
        machine_reason,
        url,
        link_kind,
        bounce_class,
        source_file,
        cast(line_number as bigint) as line_number,
        loaded_at
    from events
)

select * from final
