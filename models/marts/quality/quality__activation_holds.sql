-- a person's "no" may stand in what was not read or not understood: until it is, nobody new is
-- handed to a tool
with unread as (
    select * from {{ source('landing', 'landing_unread') }}
    where may_hold_opt_outs
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
        count(email_normalized) > 0 or count(source_contact_id) > 0 as is_identified
    from opt_out_lines
    group by source_system, source_relation, source_file, line_number
),

reasons as (
    select
        source_system,
        source_relation,
        source_file,
        'not_read' as reason,
        cast(null as bigint) as lines,
        'was not read and may hold opt-outs: ' || problem as what
    from unread
    union all
    select
        source_system,
        source_relation,
        source_file,
        'no_address' as reason,
        count(*) as lines,
        'has ' || case when count(*) = 1 then 'a line' else count(*) || ' lines' end
        || ' that say somebody left, and no address or known id can be found in them.'
        || ' quality__rejected_records has their numbers' as what
    from lines
    where not is_identified and not is_unknown
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
            || '. Mend the file and run again, or accept it as it is: put ' || source_file
            || ' into var accepted_files.' as varchar
        ) as message
    from reasons
    where source_file not in {{ text_list(var('accepted_files')) | indent(4) }}
)

select * from final
