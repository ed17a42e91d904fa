with order_lines as (
    select
        *,
        coalesce(lower(email_raw), source_contact_id) as customer
    from {{ ref('stg_shopify__order_lines') }}
    where
        reject_reason is null
        and is_order_line
        and (email_raw is not null or source_contact_id is not null)
),

-- orders name the customer anew each time; the latest one is believed
ranked as (
    select
        *,
        min(ordered_at) over (partition by source_relation, customer) as first_ordered_at,
        row_number() over (
            partition by source_relation, customer
            order by ordered_at desc, loaded_at desc, source_file desc, line_number desc
        ) as order_rank
    from order_lines
),

final as (
    select
        'shopify' as source_system,
        source_relation,
        source_file,
        line_number,
        loaded_at,
        line_key,
        source_contact_id,
        cast(null as {{ dbt.type_string() }}) as source_list_id,
        email_raw,
        nullif({{ dbt.split_part('full_name', "' '", 1) }}, '') as first_name,
        case
            when full_name like '% %'
                then nullif(trim(substr(full_name, {{ dbt.position("' '", 'full_name') }})), '')
        end as last_name,
        cast(null as date) as birth_date,
        cast(null as {{ dbt.type_string() }}) as gender,
        city,
        region,
        country_code,
        cast(null as {{ dbt.type_string() }}) as language,
        cast(null as {{ dbt.type_string() }}) as timezone,
        cast(null as {{ dbt.type_string() }}) as profession,
        cast(null as {{ dbt.type_string() }}) as sector,
        first_ordered_at as created_at,
        ordered_at as updated_at,
        -- `no` is a box left empty at the till, not a withdrawal: it forbids to mail who is
        -- subscribed nowhere, and leaves a subscription elsewhere alone
        case
            when accepts_marketing then 'subscribed'
            when not accepts_marketing then 'never_subscribed'
        end as email_consent,
        case when accepts_marketing then ordered_at end as consent_at,
        case when accepts_marketing then 'checkout' end as consent_method,
        cast(null as boolean) as email_tracking_allowed,
        cast(null as {{ dbt.type_string() }}) as preferences,
        cast(null as double) as social_influence_score,
        false as is_deleted,
        cast(null as {{ dbt.type_string() }}) as merged_into_source_id,
        cast(null as {{ dbt.type_string() }}) as extra
    from ranked
    where order_rank = 1
)

select * from final
