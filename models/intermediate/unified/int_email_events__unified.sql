with events as (
{{ union_systems('email_events') | indent(4) }}
),

-- the same line in two exports, or twice in one whose lines have ids of their own, is one event;
-- only lines whose hash occurs twice are ranked: sorting all would be the dearest step of the
-- layer, and a number is cheaper to group than a key
repeated_hashes as (
    select {{ row_hash(['line_keys.line_key']) }} as key_hash
    from (
{{ union_systems('email_events', ['line_key']) | indent(8) }}
    ) as line_keys
    group by {{ row_hash(['line_keys.line_key']) }}
    having count(*) > 1
),

repeats as (
    select
        copies.line_key,
        copies.source_file,
        copies.line_number,
        row_number() over (
            partition by copies.line_key
            order by copies.loaded_at, copies.source_file, copies.line_number
        ) as copy_rank
    from (
{{ union_systems('email_events', ['line_key', 'source_file', 'line_number', 'loaded_at'])
    | indent(8) }}
    ) as copies
    inner join repeated_hashes
        on {{ row_hash(['copies.line_key']) }} = repeated_hashes.key_hash
),

lookup as {{ inline_cte() }} (
    select * from {{ ref('int_contact_lookup') }}
),

campaigns as (
    select * from {{ ref('int_campaigns__unified') }}
),

final as (
    select
        events.line_key as event_id,
        coalesce(ids.contact_id, emails.contact_id) as contact_id,
        coalesce(
            campaigns.campaign_id,
            case
                when events.source_campaign_id is not null
                    then {{ canonical_key([
                        'events.source_system', 'events.source_relation',
                        'events.source_campaign_id',
                    ]) }}
            end
        ) as campaign_id,
        events.source_system,
        events.source_relation,
        events.event_type,
        events.native_type,
        events.occurred_at,
        events.time_precision,
        coalesce(events.event_count, 1) as event_count,
        events.is_machine,
        events.machine_reason,
        events.url,
        events.link_kind,
        events.user_agent,
        events.ip,
        events.bounce_class,
        case
            when
                events.event_type in (
                    'bounce_hard', 'complaint', 'unsubscribe', 'subscribe', 'resubscribe'
                )
                then events.email_raw
        end as email_raw,
        case
            when events.event_type in ('bounce_hard', 'complaint', 'unsubscribe')
                then events.source_contact_id
        end as source_contact_id,
        events.source_file,
        events.line_number,
        events.loaded_at
    from events
    left join repeats
        on
            events.line_key = repeats.line_key
            and events.source_file = repeats.source_file
            and events.line_number = repeats.line_number
            and repeats.copy_rank > 1
    left join lookup as ids
        on
            events.source_system = ids.source_system
            and {{ lookup_relation('events') }} = ids.source_relation
            and events.source_contact_id = ids.lookup_value
    left join lookup as emails
        on
            events.email_raw = emails.lookup_value
            and emails.source_system = '@'
    left join campaigns
        on
            events.source_system = campaigns.source_system
            and events.source_relation = campaigns.source_relation
            and events.source_campaign_id = campaigns.source_campaign_id
    where repeats.line_key is null
)

select * from final
