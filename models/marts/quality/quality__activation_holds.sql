-- a person's "no" may stand in what was not read or not understood: until it is, nobody new is
-- handed to a tool
with unread as (
    select * from {{ source('landing', 'landing_unread') }}
    where may_hold_opt_outs
),

-- gone before any run had read it, and not there again under another name
lost as (
    select lost.*
    from {{ source('landing', 'landing_lost') }} as lost
    left join {{ source('landing', 'landing_files') }} as held
        on lost.content_hash = held.content_hash and held.layout_hash is not null
    where held.content_hash is null and lost.source_table in {{ text_list(
        opt_out_tables() | map(attribute='identifier') | list
    ) | indent(8) }}
),

opt_out_lines as (
    select * from {{ ref('int_opt_out_lines__identified') }}
),

lines as (
    select
        source_system,
        source_relation,
        source_file,
        line_number,
        max(case when opt_out_cause = 'unknown' then 1 else 0 end) = 1 as is_unknown,
        max(case when is_certain then 1 else 0 end) = 1
        or count(source_contact_id) > 0 as is_identified
    from opt_out_lines
    group by source_system, source_relation, source_file, line_number
),

records as (
    select * from {{ ref('int_contact_records__unified') }}
    where email_consent = 'unsubscribed' and not coalesce(is_valid_email, false)
),

unknown_ids as (
    select * from {{ ref('int_opt_out_ids__unknown') }}
),

record_people as (
    select * from {{ ref('int_contact_record_people') }}
),

-- of an address that is flagged as none nobody is asked who it was
evidence as (
    select * from {{ ref('int_suppression_evidence__unified') }}
    where
        email_raw is not null
        and (started_at is not null or ended_at is null)
        and cause <> 'invalid'
),

listed as (
    select * from {{ ref('int_email_addresses__listed') }}
    where is_valid
),

identities as (
    select * from {{ ref('int_contact_identities') }}
    where identifier_type = 'email'
),

valid_addresses as (
    select email_normalized
    from listed
    group by email_normalized
),

-- people who can be told apart in a tool
reachable as (
    select identities.contact_id
    from identities
    inner join valid_addresses on identities.identifier_value = valid_addresses.email_normalized
    group by identities.contact_id
),

spellings as (
    select email_raw
    from listed
    group by email_raw
),

-- an address was there, and what is left of it is none: whoever was meant is not found by it
unusable as (
    select
        records.source_system,
        records.source_relation,
        records.source_file
    from records
    inner join record_people on records.contact_record_id = record_people.contact_record_id
    left join reachable on record_people.contact_id = reachable.contact_id
    where
        reachable.contact_id is null
        -- an id without any address is nobody whom a tool could mail; an id that is that of
        -- several, which is none, may be anybody
        and (records.email_raw is not null or records.source_contact_id is null)
    union all
    select
        evidence.source_system,
        evidence.source_relation,
        evidence.source_file
    from evidence
    left join spellings on evidence.email_raw = spellings.email_raw
    left join reachable on evidence.contact_id = reachable.contact_id
    where spellings.email_raw is null and reachable.contact_id is null
),

reasons as (
    select
        source_system,
        source_relation,
        source_file,
        'not_read' as reason,
        cast(null as bigint) as lines,
        case
            -- a workbook of which sheets or formulas were not read
            when problem like 'has %' then ''
            else 'was not read and may hold opt-outs: '
        end || problem as what
    from unread
    union all
    select
        source_system,
        source_relation,
        source_file,
        'lost' as reason,
        cast(null as bigint) as lines,
        'was replaced or taken out before it was known who left by it: no run had read it, or lines'
        || ' of it name nobody. To mend it, put that version into its folder under another name'
            as what
    from lost
    group by source_system, source_relation, source_file
    union all
    select
        source_system,
        source_relation,
        source_file,
        'no_address' as reason,
        count(*) as lines,
        'has '
        || case when count(*) = 1 then 'a line that says' else count(*) || ' lines that say' end
        || ' somebody left, and no address or known id can be found in '
        || case when count(*) = 1 then 'it.' else 'them.' end
        || ' quality__rejected_records has their numbers' as what
    from lines
    where not is_identified and not is_unknown
    group by source_system, source_relation, source_file
    union all
    select
        source_system,
        source_relation,
        source_file,
        'unknown_id' as reason,
        unknown_opt_outs as lines,
        'has '
        || case
            when unknown_opt_outs = 1 then 'a line that says'
            else unknown_opt_outs || ' lines that say'
        end
        || ' somebody left, under an id alone that no contact has'
        || case
            when alike_opt_outs > 0
                then '; ' || alike_opt_outs
                || ' would lead to one without leading zeros, capitals, blanks or signs'
            else ', more than half of the opt-outs by id in it'
        end as what
    from unknown_ids
    where alike_opt_outs > 0 or unknown_opt_outs * 2 > opt_outs
    union all
    select
        source_system,
        source_relation,
        source_file,
        'unusable_address' as reason,
        count(*) as lines,
        'has '
        || case when count(*) = 1 then 'a line that says' else count(*) || ' lines that say' end
        || ' somebody left, with an address that cannot be one' as what
    from unusable
    group by source_system, source_relation, source_file
    union all
    select
        source_system,
        source_relation,
        source_file,
        'unknown_word' as reason,
        count(*) as lines,
        'has ' || case when count(*) = 1 then 'a line' else count(*) || ' lines' end
        || ' with a kind of event that nobody knows: it may be an opt-out.'
        || ' quality__rejected_records has their numbers' as what
    from lines
    where is_unknown
    group by source_system, source_relation, source_file
),

final as (
    select
        cast(source_system as varchar) as source_system,
        cast(source_relation as varchar) as source_relation,
        cast(source_file as varchar) as source_file,
        cast(reason as varchar) as reason,
        cast(lines as bigint) as lines,
        cast(
            'Activation is held back: ' || source_file || ' ' || rtrim(what, '.')
            || case when what like '%?' then ' ' else '. ' end
            || 'Mend the file and run again, or accept it as it is: put ' || source_file
            || ' into var accepted_files.' as varchar
        ) as message
    from reasons
    where source_file not in {{ text_list(var('accepted_files')) | indent(4) }}
)

select * from final
