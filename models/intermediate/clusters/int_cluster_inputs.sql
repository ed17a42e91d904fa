with features as (
    select * from {{ ref('int_contact_features') }}
    where is_current
),

final as (
    select
        contact_id,
        as_of_date,
        {%- for feature in cluster_features() %}
        cast({{ feature }} as double) as {{ feature }},
        {%- endfor %}
        -- a contact is drawn or not whatever the order of rows, and whoever else is there
        {{ text_md5("concat(contact_id, '|" ~ var('clusters').get('seed') ~ "')") }} as sample_key
    from features
)

select * from final
