with flags as (
    select * from {{ ref('segment_flags') }}
),

history as (
    select * from {{ ref('segment_membership_history') }}
),

spells as (
    select * from {{ ref('segment_spells') }}
),

definitions as (
    select * from {{ ref('segment_definitions') }}
),

as_of_dates as (
    select * from {{ ref('int_as_of_dates') }}
),

-- dates at which somebody was known
dates as (
    select
        flags.as_of_date,
        flags.is_current,
        as_of_dates.date_index,
        lag(flags.as_of_date) over (order by flags.as_of_date) as previous_as_of_date,
        count(*) as all_contacts
    from flags
    inner join as_of_dates on flags.as_of_date = as_of_dates.as_of_date
    group by flags.as_of_date, flags.is_current, as_of_dates.date_index
),

members as (
    select
        history.segment,
        history.as_of_date,
        count(*) as contacts,
        sum(case when flags.is_mailable then 1 else 0 end) as mailable_contacts,
        sum(flags.revenue_365d) as revenue
    from history
    inner join flags
        on
            history.contact_id = flags.contact_id
            and history.as_of_date = flags.as_of_date
    group by history.segment, history.as_of_date
),

entered as (
    select
        segment,
        first_index as date_index,
        count(*) as contacts
    from spells
    group by segment, first_index
),

-- at the date after the last one
departed as (
    select
        segment,
        last_index - 1 as date_index,
        count(*) as contacts
    from spells
    where last_index > 0
    group by segment, last_index
),

sizes as (
    select
        definitions.segment,
        definitions.label,
        definitions.label_fr,
        definitions.level,
        definitions.parent_segment,
        definitions.is_exclusive,
        definitions.is_fitted,
        dates.as_of_date,
        dates.is_current,
        dates.previous_as_of_date,
        dates.all_contacts,
        coalesce(members.contacts, 0) as contacts,
        coalesce(members.mailable_contacts, 0) as mailable_contacts,
        coalesce(members.revenue, 0) as revenue,
        case when dates.previous_as_of_date is not null then coalesce(entered.contacts, 0) end
            as entered_contacts,
        case when dates.previous_as_of_date is not null then coalesce(departed.contacts, 0) end
            as left_contacts
    from definitions
    cross join dates
    left join members
        on
            definitions.segment = members.segment
            and dates.as_of_date = members.as_of_date
    left join entered
        on
            definitions.segment = entered.segment
            and dates.date_index = entered.date_index
    left join departed
        on
            definitions.segment = departed.segment
            and dates.date_index = departed.date_index
),

steps as (
    select
        *,
        lag(contacts) over (partition by segment order by as_of_date) as previous_contacts,
        lag(all_contacts) over (partition by segment order by as_of_date) as previous_all_contacts
    from sizes
),

final as (
    select
        steps.segment,
        steps.as_of_date,
        steps.is_current,
        steps.label,
        steps.label_fr,
        steps.level,
        steps.parent_segment,
        steps.is_exclusive,
        steps.is_fitted,
        cast(steps.contacts as bigint) as contacts,
        cast(steps.mailable_contacts as bigint) as mailable_contacts,
        cast(steps.revenue as decimal(18, 4)) as revenue,
        cast(steps.contacts as double)
        / nullif(case when steps.level > 1 then above.contacts else steps.all_contacts end, 0)
            as share,
        cast(steps.contacts as double) / nullif(steps.all_contacts, 0) as share_of_contacts,
        cast(steps.entered_contacts as bigint) as entered_contacts,
        cast(steps.left_contacts as bigint) as left_contacts,
        cast(steps.contacts - steps.entered_contacts as double)
        / nullif(steps.previous_contacts + steps.entered_contacts, 0) as jaccard,
        {{ psi_of_shares(
            'steps.previous_contacts', 'steps.previous_all_contacts',
            'steps.contacts', 'steps.all_contacts'
        ) | indent(8) }} as psi
    from steps
    left join steps as above
        on
            steps.parent_segment = above.segment
            and steps.as_of_date = above.as_of_date
)

select * from final
