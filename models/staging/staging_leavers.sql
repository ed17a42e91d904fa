{{ config(materialized='view') }}

-- not behind the gate, and not resolved to persons: when a run stops, `winback run` reads here who
-- left by the files just loaded, and takes them out of the sync tables of the last good run
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
        email_raw
    from records
    where email_consent = 'unsubscribed' or is_deleted
    union all
    select
        source_system,
        source_relation,
        source_contact_id,
        email_raw
    from consents
    where status = 'unsubscribed' and coalesce(channel, 'email') = 'email'
    union all
    select
        source_system,
        source_relation,
        source_contact_id,
        email_raw
    from suppressions
    where ended_at is null
    union all
    select
        source_system,
        source_relation,
        source_contact_id,
        email_raw
    from events
    where event_type in ('unsubscribe', 'complaint', 'bounce_hard')
    union all
    select
        source_system,
        source_relation,
        source_contact_id,
        opt_out_text as email_raw
    from opt_out_lines
    union all
    select
        source_system,
        source_relation,
        source_contact_id,
        opt_out_text as email_raw
    from malformed_lines
),

final as (
    select
        source_system,
        source_relation,
        source_contact_id,
        {{ addresses_in('email_raw') }} as addresses
    from lines
)

select * from final
