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

known as (
    select * from {{ ref('segment_history') }}
    where is_current
),

history as (
    select * from {{ ref('segment_membership_history') }}
),

definitions as (
    select * from {{ ref('segment_definitions') }}
),

holds as (
    select * from {{ ref('quality__activation_holds') }}
),

suppressions as (
    select * from {{ ref('sync_csv__suppressions') }}
),

left_members as (
    select address_md5
    from {{ ref('dim_suppressions') }}
    where is_open and address_sha256 is null and address_md5 is not null
    group by address_md5
),

-- segments whose members cannot be right: their tags stay as they are
held_back as (
    select segment
    from {{ ref('segment_holds') }}
    group by segment
),

tagging as (
    select
        definitions.segment,
        definitions.position
    from definitions
    left join held_back on definitions.segment = held_back.segment
    where held_back.segment is null
),

memberships as (
    select
        known.contact_id,
        coalesce(
            ',' || {{ dbt.listagg(
                'history.segment', "','", 'order by history.segment'
            ) }} || ',',
            ','
        ) as segments
    from known
    left join history
        on
            known.contact_id = history.contact_id
            and known.as_of_date = history.as_of_date
    group by known.contact_id
),

-- contacts share few combinations of segments: the text of the tags is made once for each. Every
-- segment is a tag, on or off: one that is left out would stay on a contact that left the segment
tags as (
    select
        combinations.segments,
        '[' || {{ dbt.listagg(
            "'{\"name\":\"' || tagging.segment || '\",\"status\":\"'"
            ~ " || case when position(',' || tagging.segment || ',' in combinations.segments) > 0"
            ~ " then 'active' else 'inactive' end || '\"}'",
            "','", 'order by tagging.position'
        ) }} || ']' as tags
    from (select segments from memberships group by segments) as combinations
    cross join tagging
    group by combinations.segments
),

tagged as (
    select
        memberships.contact_id,
        tags.tags
    from memberships
    inner join tags on memberships.segments = tags.segments
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

ready as (
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
),

final as (
    {{ ready_unless_held('ready', 'email_address') | indent(4) }}
)

select * from final
