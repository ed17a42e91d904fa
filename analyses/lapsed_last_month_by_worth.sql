-- Who became inactive last month, and of whom was most to be lost: one row per mailable contact.
with clock as (
    select max(as_of_date) as today
    from {{ ref('dim_contacts') }}
)

select
    contacts.contact_id,
    contacts.inactive_since,
    contacts.days_since_last_engagement,
    contacts.revenue_365d,
    contacts.revenue_lifetime,
    contacts.segment_path
from {{ ref('dim_contacts') }} as contacts
cross join clock
where
    contacts.is_inactive
    and contacts.is_mailable
    and date_trunc('month', contacts.inactive_since)
    = date_trunc('month', clock.today) - interval 1 month
order by contacts.revenue_365d desc nulls last, contacts.revenue_lifetime desc nulls last
limit 100
