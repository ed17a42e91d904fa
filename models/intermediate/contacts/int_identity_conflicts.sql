-- what would have made one person of several and was not followed
with contested as (
    select * from {{ ref('int_contested_ids__unified') }}
),

shared_addresses as (
    select * from {{ ref('int_shared_addresses__unified') }}
),

people as (
    select * from {{ ref('int_contact_record_people') }}
    where component_id is not null
),

edges as (
    select * from {{ ref('int_contact_identity_edges') }}
),

ids as (
    select
        'id_of_several_addresses' as kind,
        source_system,
        source_relation,
        source_file,
        'source_id' as identifier_type,
        source_contact_id as identifier_value,
        lines as records,
        addresses,
        cast(null as bigint) as names,
        'kept apart: each record is known by its address, the id leads to nobody' as outcome
    from contested
),

-- how many records know the address, whatever they are known by themselves
holders as (
    select
        identifier_value,
        count(distinct contact_record_id) as records
    from edges
    where identifier_type = 'email'
    group by identifier_value
),

placeholders as (
    select
        'address_of_many_names' as kind,
        cast(null as {{ dbt.type_string() }}) as source_system,
        cast(null as {{ dbt.type_string() }}) as source_relation,
        cast(null as {{ dbt.type_string() }}) as source_file,
        'email' as identifier_type,
        shared_addresses.email_normalized as identifier_value,
        holders.records,
        cast(1 as bigint) as addresses,
        shared_addresses.names,
        'not used to identify: orders under it belong to nobody, records with an id of their own'
        || ' are not merged by it; an opt-out under it holds' as outcome
    from shared_addresses
    left join holders on shared_addresses.email_normalized = holders.identifier_value
),

components as (
    select
        case
            when max(component_records) > {{ var('identity_max_records') }} then 'too_many_records'
            else 'too_many_addresses'
        end as kind,
        cast(null as {{ dbt.type_string() }}) as source_system,
        cast(null as {{ dbt.type_string() }}) as source_relation,
        cast(null as {{ dbt.type_string() }}) as source_file,
        'component' as identifier_type,
        component_id as identifier_value,
        max(component_records) as records,
        max(component_addresses) as addresses,
        cast(null as bigint) as names,
        'kept apart: only records with the same address of today are one person' as outcome
    from people
    group by component_id
),

final as (
    select * from ids
    union all
    select * from placeholders
    union all
    select * from components
)

select * from final
