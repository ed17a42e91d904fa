{{ config(materialized='view') }}

-- not behind the gate, and not resolved to persons: when a run stops, `winback run` reads here who
-- left by the files just loaded, and takes them out of the sync tables of the last good run; and
-- the load reads it before it replaces a file that no run has recorded yet
with records as (
{{ union_systems('contact_records', is_gated=false) | indent(4) }}
),

consents as (
{{ union_systems('consents', is_gated=false) | indent(4) }}
),

suppressions as (
{{ union_systems('suppressions', is_gated=false) | indent(4) }}
),

events as (
{{ union_systems('email_events', is_gated=false) | indent(4) }}
),

opt_out_lines as (
{{ union_systems('opt_out_lines', is_gated=false) | indent(4) }}
),

malformed_lines as (
    select * from {{ ref('staging_malformed_opt_outs') }}
),

lines as (
    select
        source_system,
        source_relation,
        source_contact_id,
        email_raw,
        case when email_consent = 'unsubscribed' then 'unsubscribe' end as cause,
        case when source_list_id is null then 'global' else 'list' end as scope_type,
        source_list_id as scope_id,
        coalesce(consent_at, updated_at) as left_at,
        source_file,
        loaded_at
    from records
    where email_consent = 'unsubscribed' or is_deleted
    union all
    select
        source_system,
        source_relation,
        source_contact_id,
        email_raw,
        'unsubscribe' as cause,
        coalesce(scope_type, 'global') as scope_type,
        scope_id,
        occurred_at as left_at,
        source_file,
        loaded_at
    from consents
    where status = 'unsubscribed' and coalesce(channel, 'email') = 'email'
    union all
    select
        source_system,
        source_relation,
        source_contact_id,
        email_raw,
        cause,
        'global' as scope_type,
        cast(null as {{ dbt.type_string() }}) as scope_id,
        started_at as left_at,
        source_file,
        loaded_at
    from suppressions
    where ended_at is null
    union all
    select
        source_system,
        source_relation,
        source_contact_id,
        email_raw,
        case event_type
            when 'complaint' then 'complaint'
            when 'bounce_hard' then 'hard_bounce'
            else 'unsubscribe'
        end as cause,
        'global' as scope_type,
        cast(null as {{ dbt.type_string() }}) as scope_id,
        occurred_at as left_at,
        source_file,
        loaded_at
    from events
    where event_type in ('unsubscribe', 'complaint', 'bounce_hard')
    {%- for lines in ['opt_out_lines', 'malformed_lines'] %}
    union all
    select
        source_system,
        source_relation,
        source_contact_id,
        opt_out_text as email_raw,
        opt_out_cause as cause,
        'global' as scope_type,
        cast(null as {{ dbt.type_string() }}) as scope_id,
        cast(null as timestamp) as left_at,
        source_file,
        loaded_at
    from {{ lines }}
    {%- endfor %}
),

final as (
    select
        source_system,
        source_relation,
        source_contact_id,
        {{ addresses_in('email_raw') }} as addresses,
        cause,
        scope_type,
        scope_id,
        case when {{ is_possible_time('left_at') }} then left_at else loaded_at end as left_at,
        source_file,
        loaded_at
    from lines
)

select * from final
