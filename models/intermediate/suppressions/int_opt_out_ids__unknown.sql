-- whoever left under an id alone that no contact has: the register keeps the id, which says nothing
-- as long as the contact is known by another spelling of it. People deleted long ago have such ids
-- too
with evidence as (
    select * from {{ ref('int_suppression_evidence__unified') }}
    where
        email_raw is null
        and source_contact_id is not null
        and contact_record_id is null
        and (started_at is not null or ended_at is null)
        -- Mailchimp's hash of an address: whoever has that address is known by it
        and not (
            source_system = 'mailchimp'
            and {{ matches('lower(source_contact_id)', "'^[0-9a-f]{32}$'") }}
        )
),

lookup as (
    select * from {{ ref('int_contact_lookup') }}
    where source_system <> '@'
),

told as (
    select
        evidence.source_system,
        evidence.source_relation,
        {{ lookup_relation('evidence') }} as id_relation,
        evidence.source_file,
        evidence.source_contact_id,
        evidence.contact_id is null and evidence.email_normalized is null as is_unknown
    from evidence
),

unknown as (
    select
        source_system,
        id_relation,
        source_contact_id,
        {{ id_look('source_contact_id') }} as look
    from told
    where is_unknown
    group by source_system, id_relation, source_contact_id
),

looks as (
    select
        source_system,
        source_relation,
        {{ id_look('lookup_value') }} as look
    from lookup
    group by source_system, source_relation, {{ id_look('lookup_value') }}
),

alike as (
    select
        unknown.source_system,
        unknown.id_relation,
        unknown.source_contact_id
    from unknown
    inner join looks
        on
            unknown.source_system = looks.source_system
            and unknown.id_relation = looks.source_relation
            and unknown.look = looks.look
    where unknown.look <> ''
),

final as (
    select
        told.source_system,
        told.source_relation,
        told.source_file,
        count(*) as opt_outs,
        sum(case when told.is_unknown then 1 else 0 end) as unknown_opt_outs,
        count(alike.source_contact_id) as alike_opt_outs
    from told
    left join alike
        on
            told.is_unknown
            and told.source_system = alike.source_system
            and told.id_relation = alike.id_relation
            and told.source_contact_id = alike.source_contact_id
    group by told.source_system, told.source_relation, told.source_file
    having sum(case when told.is_unknown then 1 else 0 end) > 0
)

select * from final
