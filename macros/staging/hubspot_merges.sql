{#- Body of a CTE: one row per account and merged contact id, with the contact it was merged into and
    the line that says so. A merged id stands alone or with the time of the merge behind a colon. Of several lines the one loaded last counts: merges are chained, and a later export
    names the last survivor.

    contacts: name of a CTE with the accepted lines of stg_hubspot__contacts. -#}
{% macro hubspot_merges(contacts) -%}
select
    source_relation,
    merged_id,
    surviving_id,
    source_file,
    line_number,
    loaded_at
from (
    select
        *,
        row_number() over (
            partition by source_relation, merged_id
            order by loaded_at desc, source_file desc, line_number desc
        ) as merge_rank
    from (
        select
            source_relation,
            record_id as surviving_id,
            {{ clean_id("split_part(part, ':', 1)", whole='true') }} as merged_id,
            source_file,
            line_number,
            loaded_at
        from (
            select
                source_relation,
                record_id,
                {{ split_to_rows('merged_record_ids', ';') }} as part,
                source_file,
                line_number,
                loaded_at
            from {{ contacts }}
            where merged_record_ids is not null and record_id is not null
        ) as parts
    ) as listed
    where merged_id is not null and merged_id != surviving_id
) as ranked
where merge_rank = 1
{%- endmacro %}
