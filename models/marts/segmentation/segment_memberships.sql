{%- set rules = segment_rules() %}
{%- set months = range(1, var('history_months') | int + 1) %}

with evaluations as (
    select * from {{ ref('segment_evaluations') }}
),

segments as (
    {{ segment_list(rules) | indent(4) }}
),

dates as (
    select
        as_of_date,
        row_number() over (order by as_of_date desc) - 1 as date_index
    from evaluations
    group by as_of_date
),

-- one row per contact, its memberships at every date side by side
contacts as (
    select
        evaluations.contact_id,
        {{ segment_dated_words(rules, months) }}
    from evaluations
    inner join dates on evaluations.as_of_date = dates.as_of_date
    group by evaluations.contact_id
),

-- back from the current date until the contact was out, or not known yet
members as (
    select
        contacts.contact_id,
        segments.segment,
        segments.label,
        segments.label_fr,
        segments.level,
        segments.parent_segment,
        segments.is_exclusive,
        {{ segment_dates_in(rules, months, 'contacts', 'segments') }} as entered_index
    from contacts
    cross join segments
    where {{ segment_is_in(rules, 'contacts', 'segments', '_0') }}
),

final as (
    select
        members.contact_id,
        members.segment,
        members.label,
        members.label_fr,
        cast(members.level as integer) as level,
        members.parent_segment,
        members.is_exclusive,
        entered.as_of_date as entered_on,
        today.as_of_date
    from members
    inner join dates as entered on members.entered_index = entered.date_index
    inner join dates as today on today.date_index = 0
)

select * from final
