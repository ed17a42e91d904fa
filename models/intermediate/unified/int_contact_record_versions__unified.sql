-- what a record said of its address and consent in any export held: an address it once had still
-- leads to the person, and an unsubscription is not undone by a later file that is silent about it
with records as (
{{ union_systems('contact_records', [
    'source_system', 'source_relation', 'source_list_id', 'source_contact_id', 'email_raw',
    'line_key', 'loaded_at', 'source_file', 'updated_at', 'email_consent', 'consent_at',
    'consent_method', 'denies_opt_out',
]) | indent(4) }}
),

addresses as (
    select * from {{ ref('int_email_addresses__normalized') }}
),

listed as (
    select * from {{ ref('int_email_addresses__listed') }}
),

contested as (
    select * from {{ ref('int_contested_ids__unified') }}
),

current_records as (
    select * from {{ ref('int_contact_records__unified') }}
),

versions as (
    select
        {{ contact_record_key('records', 'addresses', 'contested') }} as contact_record_id,
        records.email_raw,
        records.email_consent,
        records.consent_at,
        records.consent_method,
        records.updated_at,
        {{ record_changed_at('records') }} as changed_at,
        records.loaded_at,
        records.source_file,
        -- an empty cell is no answer
        case
            when records.email_consent = 'subscribed' or records.denies_opt_out
                then records.loaded_at
        end as answered_at
    from records
    left join addresses on records.email_raw = addresses.email_raw
    left join contested
        on
            records.source_system = contested.source_system
            and records.source_relation = contested.source_relation
            and coalesce(records.source_list_id, '') = contested.source_list_id
            and records.source_contact_id = contested.source_contact_id
),

-- every address of a cell was the record's
addressed as (
    select
        versions.*,
        listed.email_normalized
    from versions
    left join listed on versions.email_raw = listed.email_raw
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
        max(answered_at) as last_answered_at,
        max(source_file) as source_file
    from addressed
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
        current_addresses.email_raw is not null
        or (grouped.email_normalized is null and current_records.email_raw is null)
            as is_current_address
    from grouped
    inner join current_records
        on grouped.contact_record_id = current_records.contact_record_id
    left join listed as current_addresses
        on
            current_records.email_raw = current_addresses.email_raw
            and grouped.email_normalized = current_addresses.email_normalized
)

select * from final
