with order_lines as (
    select
        *,
        coalesce(lower(email_raw), source_contact_id) as customer
    from {{ ref('stg_shopify__order_lines') }}
    where
        reject_reason is null
        and is_order_line
        and not is_draft
        and (email_raw is not null or source_contact_id is not null)
),

-- orders name the customer anew each time; the latest one is believed
ranked as (
    select
        *,
        min({{ possible_time('ordered_at') }})
            over (partition by source_relation, customer) as first_ordered_at,
        max(case when accepts_marketing then ordered_at end)
            over (partition by source_relation, customer) as last_accepted_at,
        max(case when is_marketing_unread then ordered_at end)
            over (partition by source_relation, customer) as last_unread_at,
        max(case when not accepts_marketing then 1 else 0 end)
            over (partition by source_relation, customer) = 1 as has_empty_box,
        row_number() over (
            partition by source_relation, customer
            order by ordered_at desc, loaded_at desc, source_file desc, line_number desc
        ) as order_rank
    from order_lines
),

customers as (
    select
        source_relation,
        source_file,
        line_number,
        loaded_at,
        line_key,
        source_contact_id,
        email_raw,
        nullif({{ dbt.split_part('full_name', "' '", 1) }}, '') as first_name,
        case
            when full_name like '% %'
                then nullif(trim(substr(full_name, {{ dbt.position("' '", 'full_name') }})), '')
        end as last_name,
        city,
        region,
        country_code,
        first_ordered_at as created_at,
        ordered_at as updated_at,
        -- `no` is a box left empty at the till, not a withdrawal: it forbids to mail who is
        -- subscribed nowhere, and takes back no yes, here or elsewhere. A word that is neither is
        -- never a yes, and until a later yes it is a no
        case
            when last_unread_at >= coalesce(last_accepted_at, last_unread_at) then 'unsubscribed'
            when last_accepted_at is not null then 'subscribed'
            when has_empty_box then 'never_subscribed'
        end as email_consent,
        case
            when last_unread_at >= coalesce(last_accepted_at, last_unread_at) then last_unread_at
            else last_accepted_at
        end as consent_at,
        case
            when last_unread_at >= coalesce(last_accepted_at, last_unread_at) then null
            when last_accepted_at is not null then 'checkout'
        end as consent_method
    from ranked
    where order_rank = 1
),

final as (
    {{ canonical_select(
        'contact_records', 'customers', 'shopify',
        given={'is_deleted': 'false'},
        missing=[
            'source_list_id', 'birth_date', 'gender', 'language', 'timezone', 'profession',
            'sector', 'email_tracking_allowed', 'preferences', 'social_influence_score',
            'merged_into_source_id', 'denies_opt_out', 'extra',
        ],
    ) }}
)

select * from final
