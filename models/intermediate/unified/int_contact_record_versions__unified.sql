-- what a record said of its address and consent in any export held: an address it once had still
-- leads to the person, and an unsubscription is not undone by a later file that is silent about it
with records as (
{{ union_systems('contact_records', [
    'source_system', 'source_relation', 'source_list_id', 'source_contact_id', 'email_raw',
    'line_key', 'loaded_at', 'source_file', 'updated_at', 'email_consent', 'consent_at',
    'consent_method',
]) | indent(4) }}
),

addresses as (
    select * from {{ ref('int_email_addresses__normalized') }}
),

current_records as (
    select * from {{ ref('int_contact_records__unified') }}
),

versions as (
    select
        {{ contact_record_key('records', 'addresses') }} as contact_record_id,
        addresses.email_normalized,
        records.email_consent,
        records.consent_at,
        records.consent_method,
        records.updated_at,
        {{ record_changed_at('records') }} as changed_at,
        records.loaded_at,
        records.source_file
    from records
    left join addresses on records.email_raw = addresses.email_raw
),

grouped as (
    select
        contact_record_id,
        email_normalized,
        email_consent,
        consent_at,
        consent_method,
        max(updated_at) as last_updated_at,
        max(changed_at) as last_changed_at,
        min(loaded_at) as first_loaded_at,
        max(loaded_at) as last_loaded_at,
        max(source_file) as source_file
    from versions
    group by
        contact_record_id,
        email_normalized,
        email_consent,
        consent_at,
        consent_method
),

final as (
    select
        grouped.*,
        current_records.source_system,
        current_records.source_relation,
        current_records.source_list_id,
        current_records.created_at,
        coalesce(grouped.email_normalized, '') = coalesce(current_records.email_normalized, '')
            as is_current_address
    from grouped
    inner join current_records
        on grouped.contact_record_id = current_records.contact_record_id
)

select * from final
