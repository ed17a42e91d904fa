{%- set rules = segment_rules() %}

{{ after_gate('gate_marts') }}
with contacts as (
    select * from {{ ref('dim_contacts') }}
),

records as (
    select * from {{ ref('dim_contact_records') }}
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

-- the audiences a contact is in already, under the address it has now: an address it has left may
-- be blocked on its own
members as (
    select
        contact_id,
        email,
        source_relation,
        source_list_id
    from records
    where source_system = 'mailchimp' and not is_deleted
    group by contact_id, email, source_relation, source_list_id
),

final as (
    select
        contacts.contact_id,
        members.source_relation as account,
        members.source_list_id as list_id,
        contacts.email as email_address,
        contacts.email_md5 as subscriber_hash,
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
    from contacts
    left join members
        on
            contacts.contact_id = members.contact_id
            and contacts.email = members.email
    left join tagged on contacts.contact_id = tagged.contact_id
    where contacts.is_mailable and contacts.email is not null
)

select * from final
