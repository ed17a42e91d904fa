with spells as (
    select * from {{ ref('segment_spells') }}
),

history as (
    select * from {{ ref('segment_membership_history') }}
),

definitions as (
    select * from {{ ref('segment_definitions') }}
),

dates as (
    select * from {{ ref('int_as_of_dates') }}
),

-- those that last until the current date
members as (
    select
        spells.contact_id,
        spells.segment,
        spells.first_on,
        definitions.rivals,
        before.as_of_date as previous_date
    from spells
    inner join definitions on spells.segment = definitions.segment
    left join dates as before on spells.first_index + 1 = before.date_index
    where spells.last_index = 0
),

-- of segments that are rivals a contact is in one at most
previous as (
    select
        history.contact_id,
        history.as_of_date,
        history.segment,
        definitions.rivals
    from history
    inner join definitions on history.segment = definitions.segment
    where definitions.rivals is not null
),

final as (
    select
        members.contact_id,
        members.segment,
        definitions.label,
        definitions.label_fr,
        definitions.level,
        definitions.parent_segment,
        definitions.is_exclusive,
        members.first_on as entered_on,
        previous.segment as previous_segment,
        today.as_of_date
    from members
    inner join definitions on members.segment = definitions.segment
    inner join dates as today on today.date_index = 0
    left join previous
        on
            members.contact_id = previous.contact_id
            and members.previous_date = previous.as_of_date
            and members.rivals = previous.rivals
)

select * from final
