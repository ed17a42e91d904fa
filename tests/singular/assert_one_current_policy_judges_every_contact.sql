-- A contact without a current policy has no verdict and is in no segment of the inactive, and one
-- with two would be judged twice: var sector or inactivity_policy names no row of the seed, or two
-- rows match one sector. Every date by its totals, the current one contact by contact.
with contacts as (
    select
        contact_id,
        as_of_date
    from {{ ref('int_contact_states') }}
),

flags as (
    select
        contact_id,
        as_of_date
    from {{ ref('inactivity_flags') }}
    where is_current_policy
),

today as (
    select max(as_of_date) as as_of_date
    from contacts
),

contact_totals as (
    select
        as_of_date,
        count(*) as contacts
    from contacts
    group by as_of_date
),

flag_totals as (
    select
        as_of_date,
        count(*) as flags
    from flags
    group by as_of_date
),

flags_today as (
    select
        flags.contact_id,
        count(*) as flags
    from flags
    inner join today on flags.as_of_date = today.as_of_date
    group by flags.contact_id
),

contacts_today as (
    select
        count(*) as contacts,
        sum(coalesce(flags_today.flags, 0)) as flags
    from contacts
    inner join today on contacts.as_of_date = today.as_of_date
    left join flags_today on contacts.contact_id = flags_today.contact_id
    where coalesce(flags_today.flags, 0) <> 1
),

final as (
    select
        contact_totals.as_of_date,
        contact_totals.contacts,
        coalesce(flag_totals.flags, 0) as flags
    from contact_totals
    left join flag_totals on contact_totals.as_of_date = flag_totals.as_of_date
    where contact_totals.contacts <> coalesce(flag_totals.flags, 0)
    union all
    select
        today.as_of_date,
        contacts_today.contacts,
        contacts_today.flags
    from contacts_today
    cross join today
    where contacts_today.contacts > 0
)

select * from final
