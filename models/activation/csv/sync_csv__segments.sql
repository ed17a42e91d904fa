{%- set rules = segment_rules() %}

{{ after_gate('gate_marts') }}
with contacts as (
    select * from {{ ref('dim_contacts') }}
),

memberships as (
    select * from {{ ref('segment_memberships') }}
),

evaluations as (
    select * from {{ ref('segment_evaluations') }}
),

segments as (
    {{ segment_list(rules) | indent(4) }}
),

today as (
    select * from evaluations
    where is_current
),

previous_date as (
    select max(as_of_date) as as_of_date
    from evaluations
    where not is_current
),

previous as (
    select evaluations.*
    from evaluations
    inner join previous_date on evaluations.as_of_date = previous_date.as_of_date
),

-- in at the as_of_date before, out now: what a list that was filled then has to lose
leavers as (
    select
        previous.contact_id,
        segments.segment,
        today.as_of_date
    from previous
    inner join today on previous.contact_id = today.contact_id
    cross join segments
    where
        {{ segment_is_in(rules, 'previous', 'segments') }}
        and not {{ segment_is_in(rules, 'today', 'segments') }}
),

changes as (
    select
        segment,
        contact_id,
        'add' as action,
        entered_on,
        as_of_date
    from memberships
    union all
    select
        segment,
        contact_id,
        'remove' as action,
        cast(null as date) as entered_on,
        as_of_date
    from leavers
),

final as (
    select
        changes.segment,
        changes.contact_id,
        changes.action,
        contacts.email,
        contacts.first_name,
        contacts.last_name,
        contacts.language,
        contacts.country_code,
        changes.entered_on,
        changes.as_of_date
    from changes
    inner join contacts on changes.contact_id = contacts.contact_id
    where contacts.is_mailable and contacts.email is not null
)

select * from final
