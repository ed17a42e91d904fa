{{ after_gate('gate_marts') }}
with contacts as (
    select * from {{ ref('dim_contacts') }}
),

addresses as (
    select * from {{ ref('dim_contact_addresses') }}
    where suppression_cause is null
),

memberships as (
    select * from {{ ref('segment_memberships') }}
),

spells as (
    select * from {{ ref('segment_spells') }}
),

tree as (
    select * from {{ ref('segment_tree') }}
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

-- segments whose members cannot be right: their lists stay as they are
held_back as (
    select segment
    from {{ ref('segment_holds') }}
    group by segment
),

today as (
    select as_of_date
    from tree
    where is_current
    group by as_of_date
),

-- a list may have been filled at any date: whoever was in at one of them may be on it
once_in as (
    select
        spells.contact_id,
        spells.segment,
        today.as_of_date,
        min(spells.last_index) = 0 as is_in
    from spells
    cross join today
    group by spells.contact_id, spells.segment, today.as_of_date
),

changes as (
    select
        segment,
        contact_id,
        'add' as action,
        true as is_preferred,
        entered_on,
        as_of_date
    from memberships
    union all
    select
        segment,
        contact_id,
        'remove' as action,
        true as is_preferred,
        cast(null as date) as entered_on,
        as_of_date
    from once_in
    where not is_in
    union all
    -- the list may still hold an address that the contact has changed since
    select
        segment,
        contact_id,
        'remove' as action,
        false as is_preferred,
        cast(null as date) as entered_on,
        as_of_date
    from once_in
),

ready as (
    select
        changes.segment,
        changes.contact_id,
        changes.action,
        addresses.email,
        contacts.first_name,
        contacts.last_name,
        contacts.language,
        contacts.country_code,
        changes.entered_on,
        changes.as_of_date
    from changes
    inner join contacts on changes.contact_id = contacts.contact_id
    inner join addresses
        on
            changes.contact_id = addresses.contact_id
            and changes.is_preferred = addresses.is_preferred
    left join held_back on changes.segment = held_back.segment
    where contacts.is_mailable and held_back.segment is null
),

final as (
    {{ ready_unless_held('ready', 'email') | indent(4) }}
)

select * from final
