{%- set rules = segment_rules() %}
{%- set fields = segment_fields() %}
{%- set counts = segment_event_columns(rules, fields) %}
{%- set features = (var('segment_quality').get('features') + segment_made_of(rules, fields))
    | unique | list %}
{%- set days = var('segment_quality').get('within_days') %}

-- depends_on: {{ ref('int_contact_event_counts') }}
-- depends_on: {{ ref('int_contact_features') }}
with features as (
    {{ segment_features({'counts': counts, 'fitted': {}}, ref('int_contact_event_counts'))
        | indent(4) }}
),

history as (
    select * from {{ ref('segment_history') }}
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
        history.contact_id,
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
    from history
    inner join roles on history.as_of_date = roles.as_of_date
    left join activity on history.contact_id = activity.contact_id
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

final as (
    select
        drawn.contact_id,
        drawn.as_of_date,
        drawn.role,
        drawn.outcome,
        drawn.has_outcome
        {%- for feature in features %},
        cast(features.{{ feature }} as double) as feature_{{ feature }}
        {%- endfor %}
        {%- for rule in rules %},
        history.{{ adapter.quote(rule['name']) }} as in_{{ rule['name'] }}
        {%- endfor %}
    from drawn
    inner join features
        on
            drawn.contact_id = features.contact_id
            and drawn.as_of_date = features.as_of_date
    inner join history
        on
            drawn.contact_id = history.contact_id
            and drawn.as_of_date = history.as_of_date
    where drawn.place <= {{ var('segment_quality').get('sample') }}
)

select * from final
