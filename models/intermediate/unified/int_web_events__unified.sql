with events as (
{{ union_systems('web_events') | indent(4) }}
),

lookup as (
    select * from {{ ref('int_contact_lookup') }}
),

sessions as (
    select * from {{ ref('int_web_sessions__unified') }}
),

products as (
    select * from {{ ref('int_products__unified') }}
),

ranked as (
    select
        *,
        row_number() over (
            partition by line_key
            order by loaded_at, source_file, line_number
        ) as copy_rank
    from events
),

final as (
    select
        events.line_key as web_event_id,
        sessions.session_id,
        coalesce(ids.contact_id, sessions.contact_id) as contact_id,
        events.source_system,
        events.source_relation,
        events.source_web_event_id,
        events.source_contact_id is not null as is_named,
        events.event_name,
        events.occurred_at,
        products.product_id,
        events.value,
        events.url,
        events.source_file,
        events.line_number,
        events.loaded_at
    from ranked as events
    left join lookup as ids
        on
            events.source_system = ids.source_system
            and {{ lookup_relation('events') }} = ids.source_relation
            and events.source_contact_id = ids.lookup_value
    left join sessions
        on
            events.source_system = sessions.source_system
            and events.source_relation = sessions.source_relation
            and events.source_session_id = sessions.source_session_id
    left join products
        on
            events.source_system = products.source_system
            and events.source_relation = products.source_relation
            and events.source_product_id = products.source_product_id
    where events.copy_rank = 1
)

select * from final
