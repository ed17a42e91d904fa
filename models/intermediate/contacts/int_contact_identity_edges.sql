with records as {{ inline_cte() }} (
    select * from {{ ref('int_contact_records__unified') }}
),

versions as {{ inline_cte() }} (
    select * from {{ ref('int_contact_record_versions__unified') }}
),

shared_addresses as {{ inline_cte() }} (
    select * from {{ ref('int_shared_addresses__unified') }}
),

source_ids as (
    select
        contact_record_id,
        'source_id' as identifier_type,
        source_contact_id as identifier_value,
        source_system,
        source_relation,
        true as is_own,
        true as is_identifying,
        coalesce(created_at, loaded_at) as seen_at
    from records
    where source_contact_id is not null
),

-- an id of several people leads to nobody; but who opts out under it may be any of them
contested_ids as (
    select
        contact_record_id,
        'source_id' as identifier_type,
        contested_contact_id as identifier_value,
        source_system,
        source_relation,
        false as is_own,
        false as is_identifying,
        coalesce(created_at, loaded_at) as seen_at
    from records
    where contested_contact_id is not null
),

-- a record merged away leads to the record it went into
merged_ids as (
    select
        contact_record_id,
        'source_id' as identifier_type,
        merged_into_source_id as identifier_value,
        source_system,
        source_relation,
        false as is_own,
        true as is_identifying,
        coalesce(created_at, loaded_at) as seen_at
    from records
    where merged_into_source_id is not null
),

-- which record held which address, and in which loads
held as {{ materialized_cte() }} (
    select
        contact_record_id,
        source_system,
        source_relation,
        coalesce(source_list_id, '') as source_list_id,
        email_normalized,
        is_current_address,
        min(first_loaded_at) as first_loaded_at,
        max(last_loaded_at) as last_loaded_at,
        min(coalesce(created_at, first_loaded_at)) as seen_at
    from versions
    where email_normalized is not null
    group by
        contact_record_id,
        source_system,
        source_relation,
        coalesce(source_list_id, ''),
        email_normalized,
        is_current_address
),

-- an address a record once had counts, unless the same list of the same account has since given it
-- to another record: there it was handed over, and the source itself says these are two people. It
-- stays so when the other record leaves the address as well
handed_over as (
    select
        former.contact_record_id,
        former.email_normalized
    from held as former
    inner join held as heir
        on
            former.email_normalized = heir.email_normalized
            and former.source_system = heir.source_system
            and former.source_relation = heir.source_relation
            and former.source_list_id = heir.source_list_id
            and former.contact_record_id <> heir.contact_record_id
    where
        not former.is_current_address
        and (heir.is_current_address or heir.first_loaded_at > former.last_loaded_at)
    group by former.contact_record_id, former.email_normalized
),

emails as (
    select
        held.contact_record_id,
        'email' as identifier_type,
        held.email_normalized as identifier_value,
        cast(null as {{ dbt.type_string() }}) as source_system,
        cast(null as {{ dbt.type_string() }}) as source_relation,
        coalesce(held.email_normalized = records.email_normalized, false) as is_own,
        -- an address of many names is that of a record that has no other, and leads nobody there
        shared_addresses.email_normalized is null
        or records.source_contact_id is null as is_identifying,
        held.seen_at
    from held
    inner join records on held.contact_record_id = records.contact_record_id
    left join shared_addresses on held.email_normalized = shared_addresses.email_normalized
    left join handed_over
        on
            held.contact_record_id = handed_over.contact_record_id
            and held.email_normalized = handed_over.email_normalized
    where handed_over.contact_record_id is null
),

final as (
    select * from source_ids
    union all
    select * from contested_ids
    union all
    select * from merged_ids
    union all
    select * from emails
)

select * from final
