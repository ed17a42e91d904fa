{%- set features = (var('segment_quality').get('features') + segment_fields_asked())
    | unique | list %}
{%- set days = var('segment_quality').get('within_days') %}

with features as (
    select * from {{ ref('segment_inputs') }}
),

flags as (
    select * from {{ ref('segment_flags') }}
),

history as (
    select * from {{ ref('segment_membership_history') }}
),

activity as (
    select * from {{ ref('int_contact_timelines') }}
),

dates as (
    select * from {{ ref('int_as_of_dates') }}
),

-- the last date whose outcome is known, and the last one whose outcome was known by then
tested as (
    select max(past.as_of_date) as as_of_date
    from dates as past
    inner join dates as today
        on {{ days_after('past.as_of_date', days) }} <= today.as_of_date
    where today.is_current
),

trained as (
    select max(dates.as_of_date) as as_of_date
    from dates
    inner join tested
        on {{ days_after('dates.as_of_date', days) }} <= tested.as_of_date
),

roles as (
    select
        'test' as role,
        as_of_date
    from tested
    union all
    select
        'train' as role,
        as_of_date
    from trained
),

contacts as (
    select
        flags.contact_id,
        roles.role,
        roles.as_of_date,
        {{ list_length(list_until('activity.order_dates', 'roles.as_of_date')) }} > 0
            as has_ordered,
        {{ list_length(list_until(
            list_after('activity.order_dates', 'roles.as_of_date'),
            days_after('roles.as_of_date', days)
        )) }} > 0 as orders,
        {{ list_length(list_until(
            list_after('activity.engaged_dates', 'roles.as_of_date'),
            days_after('roles.as_of_date', days)
        )) }} > 0 as engages
    from flags
    inner join roles on flags.as_of_date = roles.as_of_date
    left join activity on flags.contact_id = activity.contact_id
),

outcomes as (
    select
        contact_id,
        role,
        as_of_date,
        'repurchase' as outcome,
        orders as has_outcome
    from contacts
    where has_ordered
    union all
    select
        contact_id,
        role,
        as_of_date,
        'engagement' as outcome,
        engages as has_outcome
    from contacts
),

-- a contact is drawn or not whatever the order of rows, and whoever else is there
drawn as (
    select
        *,
        row_number() over (
            partition by role, outcome
            order by {{ text_md5("concat(contact_id, role, outcome)") }}, contact_id
        ) as place
    from outcomes
),

sampled as (
    select * from drawn
    where place <= {{ var('segment_quality').get('sample') }}
),

memberships as (
    select
        sampled.contact_id,
        sampled.role,
        sampled.outcome,
        {{ dbt.listagg('history.segment', "' '", 'order by history.segment') }} as segments
    from sampled
    inner join history
        on
            sampled.contact_id = history.contact_id
            and sampled.as_of_date = history.as_of_date
    group by sampled.contact_id, sampled.role, sampled.outcome
),

final as (
    select
        sampled.contact_id,
        sampled.as_of_date,
        sampled.role,
        sampled.outcome,
        sampled.has_outcome,
        coalesce(memberships.segments, '') as segments
        {%- for feature in features %},
        cast(features.{{ feature }} as double) as feature_{{ feature }}
        {%- endfor %}
    from sampled
    inner join features
        on
            sampled.contact_id = features.contact_id
            and sampled.as_of_date = features.as_of_date
    left join memberships
        on
            sampled.contact_id = memberships.contact_id
            and sampled.role = memberships.role
            and sampled.outcome = memberships.outcome
)

select * from final
