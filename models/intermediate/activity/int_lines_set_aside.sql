-- the lines stay in their canonical tables, and what they say against a person holds; they are no
-- activity
with span as (
    select * from {{ ref('int_activity_span') }}
),

events as (
    select * from {{ ref('int_email_events__unified') }}
),

orders as (
    select * from {{ ref('int_orders__unified') }}
),

sessions as (
    select * from {{ ref('int_web_sessions__unified') }}
),

web_events as (
    select * from {{ ref('int_web_events__unified') }}
),

records as (
    select * from {{ ref('int_contact_records__unified') }}
),

{%- set dated = {
    'events': ('email_events', 'occurred_at'),
    'orders': ('orders', 'ordered_at'),
    'sessions': ('web_sessions', 'started_at'),
    'web_events': ('web_events', 'occurred_at'),
} %}

lines as (
    {%- for relation, (entity, column) in dated.items() %}
    {{ 'union all' if not loop.first }}
    select
        '{{ entity }}' as entity,
        {{ relation }}.source_system,
        {{ relation }}.source_relation,
        {{ relation }}.source_file,
        {{ relation }}.line_number,
        {{ relation }}.loaded_at,
        {{ relation }}.{{ column }} as occurred_at
    from {{ relation }}
    inner join span
        on
            {{ relation }}.{{ column }} < span.starts_at
            -- what nobody we know did is no activity wherever it is dated
            or ({{ relation }}.{{ column }} >= span.ends_at
                and {{ relation }}.contact_id is not null)
    where not {{ has_accepted_dates(relation ~ '.source_file') }}
    {%- endfor %}
    union all
    select
        'contact_records' as entity,
        source_system,
        source_relation,
        source_file,
        line_number,
        loaded_at,
        impossible_created_at as occurred_at
    from records
    where impossible_created_at is not null
),

final as (
    select
        entity,
        source_system,
        source_relation,
        source_file,
        line_number,
        {{ local_date('occurred_at') }} as dated_on,
        case
            when occurred_at < {{ first_possible_time() }} then 'before 1995'
            when occurred_at > loaded_at + interval '1' day then 'after the load'
            else 'long after everything else'
        end as reason,
        loaded_at
    from lines
)

select * from final
