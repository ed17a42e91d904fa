with accepted_lines as (
    select * from {{ ref('stg_generic__contacts') }}
    where reject_reason is null
),

final as (
    select
        'generic' as source_system,
        source_relation,
        source_file,
        line_number,
        loaded_at,
        line_key,
        source_contact_id,
        cast(null as {{ dbt.type_string() }}) as source_list_id,
        email_raw,
        first_name,
        last_name,
        birth_date,
        gender,
        city,
        region,
        country_code,
        language,
        timezone,
        profession,
        sector,
        created_at,
        updated_at,
        email_consent,
        consent_at,
        cast(null as {{ dbt.type_string() }}) as consent_method,
        email_tracking_allowed,
        preferences,
        social_influence_score,
        coalesce(is_deleted, false) as is_deleted,
        merged_into_source_id,
        extra
    from accepted_lines
)

select * from final
