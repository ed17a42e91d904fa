-- A record lost on the way to a person is a contact nobody mails, and a person without activity of
-- their own rows is history that scores miss: records, people and active contacts must agree.
with records as (
    select count(*) as records
    from {{ ref('int_contact_records__unified') }}
),

people as (
    select
        coalesce(sum(record_count), 0) as records,
        count(*) as people
    from {{ ref('int_contacts__resolved') }}
),

strangers as (
    select count(distinct daily.contact_id) as strangers
    from {{ ref('int_contact_activity__daily') }} as daily
    left join {{ ref('int_contacts__resolved') }} as contacts
        on daily.contact_id = contacts.contact_id
    where contacts.contact_id is null
)

select
    records.records as records_held,
    people.records as records_of_people,
    strangers.strangers as active_without_person
from records
cross join people
cross join strangers
where records.records <> people.records or strangers.strangers > 0
