with records as {{ inline_cte() }} (
    select * from {{ ref('int_contact_records__unified') }}
),

versions as {{ inline_cte() }} (
    select * from {{ ref('int_contact_record_versions__unified') }}
),

source_ids as (
    select
        contact_record_id,
        'source_id' as identifier_type,
        source_contact_id as identifier_value,
        source_system,
        source_relation,
        coalesce(created_at, loaded_at) as seen_at
    from records
    where source_contact_id is not null
),

-- a record merged away leads to the record it went into
merged_ids as (
    select
        contact_record_id,
        'source_id' as identifier_type,
        merged_into_source_id as identifier_value,
        source_system,
        source_relation,
        coalesce(created_at, loaded_at) as seen_at
    from records
    where merged_into_source_id is not null
),

-- an address a record once had counts, unless the same list of the same account has since given it
-- to another record: there it was handed over, and the source itself says these are two people
handed_over as (
    select
        former.contact_record_id,
        former.email_normalized
    from versions as former
    inner join versions as present
        on
            former.email_normalized = present.email_normalized
            and former.source_system = present.source_system
            and former.source_relation = present.source_relation
            and coalesce(former.source_list_id, '') = coalesce(present.source_list_id, '')
            and former.contact_record_id <> present.contact_record_id
    where not former.is_current_address and present.is_current_address
    group by former.contact_record_id, former.email_normalized
),

emails as (
    select
        versions.contact_record_id,
        'email' as identifier_type,
        versions.email_normalized as identifier_value,
        cast(null as {{ dbt.type_string() }}) as source_system,
        cast(null as {{ dbt.type_string() }}) as source_relation,
        min(coalesce(versions.created_at, versions.first_loaded_at)) as seen_at
    from versions
    left join handed_over
        on
            versions.contact_record_id = handed_over.contact_record_id
            and versions.email_normalized = handed_over.email_normalized
    where versions.email_normalized is not null and handed_over.contact_record_id is null
    group by versions.contact_record_id, versions.email_normalized
),

final as (
    select * from source_ids
    union all
    select * from merged_ids
    union all
    select * from emails
)

select * from final
