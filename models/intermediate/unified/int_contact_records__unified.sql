with records as (
{{ union_systems('contact_records') | indent(4) }}
),

addresses as (
    select * from {{ ref('int_email_addresses__normalized') }}
),

keyed as (
    select
        {{ contact_record_key('records', 'addresses') }} as contact_record_id,
        records.*,
        addresses.email_normalized
    from records
    left join addresses on records.email_raw = addresses.email_raw
),

-- the last version of a record is the record. created_at is the first that any version told: the
-- number of a person is made of it, and a version that is silent about it must not change that. A day
-- that cannot be is no answer
ranked as (
    select
        *,
        min(case when {{ is_possible_time('created_at') }} then created_at end)
            over (partition by contact_record_id) as first_created_at,
        row_number() over (
            partition by contact_record_id
            order by
                {{ record_changed_at('keyed') }} desc,
                loaded_at desc,
                source_file desc,
                line_number desc
        ) as version_rank
    from keyed
),

final as (
    select
        contact_record_id,
        source_system,
        source_relation,
        source_contact_id,
        source_list_id,
        email_raw,
        email_normalized,
        first_name,
        last_name,
        birth_date,
        gender,
        city,
        region,
        upper(country_code) as country_code,
        language,
        timezone,
        profession,
        sector,
        first_created_at as created_at,
        case when not {{ is_possible_time('created_at') }} then created_at end
            as impossible_created_at,
        updated_at,
        email_consent,
        consent_at,
        consent_method,
        email_tracking_allowed,
        preferences,
        social_influence_score,
        coalesce(is_deleted, false) as is_deleted,
        merged_into_source_id,
        extra,
        source_file,
        line_number,
        loaded_at
    from ranked
    where version_rank = 1
)

select * from final
