{%- set rules = segment_rules() %}

{{ after_gate('gate_marts') }}
with contacts as (
    select * from {{ ref('dim_contacts') }}
),

records as (
    select * from {{ ref('dim_contact_records') }}
),

addresses as (
    select * from {{ ref('dim_contact_addresses') }}
    where suppression_cause is null
),

evaluations as (
    select * from {{ ref('segment_evaluations') }}
    where is_current
),

-- contacts share few combinations of segments: the text of the tags is made once for each
combinations as (
    select
        {{ segment_word_columns(rules) | join(', ') }},
        {{ segment_unpacked(rules) }}
    from (
        select {{ segment_word_columns(rules) | join(', ') }}
        from evaluations
        group by {{ segment_word_columns(rules) | join(', ') }}
    ) as words
),

tags as (
    select
        {{ segment_word_columns(rules) | join(', ') }},
        {{ segment_tags(rules) }} as tags
    from combinations
),

tagged as (
    select
        evaluations.contact_id,
        tags.tags
    from evaluations
    inner join tags on {{ segment_same_words(rules, 'evaluations', 'tags') }}
),

-- by the address it has there, which may have changed elsewhere: the audience knows no other
members as (
    select
        contact_id,
        email,
        source_relation as account,
        source_list_id as list_id
    from records
    where source_system = 'mailchimp' and not is_deleted
    group by contact_id, email, source_relation, source_list_id
),

member_contacts as (
    select contact_id
    from members
    group by contact_id
),

recipients as (
    select
        members.contact_id,
        members.account,
        members.list_id,
        members.email
    from members
    inner join addresses on members.email = addresses.email
    union all
    -- only who is in no audience at all may be added: else the person would be there twice
    select
        addresses.contact_id,
        cast(null as {{ dbt.type_string() }}) as account,
        cast(null as {{ dbt.type_string() }}) as list_id,
        addresses.email
    from addresses
    left join member_contacts on addresses.contact_id = member_contacts.contact_id
    where addresses.is_preferred and member_contacts.contact_id is null
),

final as (
    select
        contacts.contact_id,
        recipients.account,
        recipients.list_id,
        recipients.email as email_address,
        {{ text_md5('recipients.email') }} as subscriber_hash,
        {{ mailchimp_text('contacts.first_name') }} as fname,
        {{ mailchimp_text('contacts.last_name') }} as lname,
        cast(round(contacts.engagement_score) as integer) as wb_score,
        contacts.engagement_level as wb_level,
        contacts.segment_path as wb_segment,
        {{ json_object_text({
            'FNAME': mailchimp_text('contacts.first_name'),
            'LNAME': mailchimp_text('contacts.last_name'),
            'WB_SCORE': 'cast(round(contacts.engagement_score) as integer)',
            'WB_LEVEL': 'contacts.engagement_level',
            'WB_SEGMENT': 'contacts.segment_path',
        }) }} as merge_fields,
        coalesce(tagged.tags, '[]') as tags
    from recipients
    inner join contacts on recipients.contact_id = contacts.contact_id
    left join tagged on contacts.contact_id = tagged.contact_id
    where contacts.is_mailable
)

select * from final
