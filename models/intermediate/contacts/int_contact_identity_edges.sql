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

left_addresses as (
    select
        source_system,
        source_relation,
        source_list_id,
        email_normalized
    from held
    where not is_current_address
    group by
        source_system,
        source_relation,
        source_list_id,
        email_normalized
),

-- a list that gave an address to one record after another: when each came to it, those who have it
-- now last of all
arrivals as (
    select
        held.source_system,
        held.source_relation,
        held.source_list_id,
        held.email_normalized,
        held.contact_record_id,
        max(
            case
                when held.is_current_address then timestamp '9999-12-31 00:00:00'
                else held.first_loaded_at
            end
        ) as arrived_at
    from held
    inner join left_addresses
        on
            held.source_system = left_addresses.source_system
            and held.source_relation = left_addresses.source_relation
            and held.source_list_id = left_addresses.source_list_id
            and held.email_normalized = left_addresses.email_normalized
    group by
        held.source_system,
        held.source_relation,
        held.source_list_id,
        held.email_normalized,
        held.contact_record_id
),

ranked_arrivals as (
    select
        *,
        row_number() over (
            partition by source_system, source_relation, source_list_id, email_normalized
            order by arrived_at desc, contact_record_id
        ) as arrival_rank
    from arrivals
),

-- of the last two, at least one is another record: to compare each with all others would take
-- hours where thousands hold one placeholder
last_arrivals as (
    select
        source_system,
        source_relation,
        source_list_id,
        email_normalized,
        max(case when arrival_rank = 1 then contact_record_id end) as last_record_id,
        max(case when arrival_rank = 1 then arrived_at end) as last_arrived_at,
        max(case when arrival_rank = 2 then arrived_at end) as second_arrived_at
    from ranked_arrivals
    where arrival_rank <= 2
    group by
        source_system,
        source_relation,
        source_list_id,
        email_normalized
),

-- an address a record once had counts, unless the same list of the same account has since given it
-- to another record: there it was handed over, and the source itself says these are two people. It
-- stays so when the other record leaves the address as well
handed_over as (
    select
        former.contact_record_id,
        former.email_normalized
    from held as former
    inner join last_arrivals
        on
            former.source_system = last_arrivals.source_system
            and former.source_relation = last_arrivals.source_relation
            and former.source_list_id = last_arrivals.source_list_id
            and former.email_normalized = last_arrivals.email_normalized
    where
        not former.is_current_address
        and former.last_loaded_at < case
            when former.contact_record_id = last_arrivals.last_record_id
                then last_arrivals.second_arrived_at
            else last_arrivals.last_arrived_at
        end
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
