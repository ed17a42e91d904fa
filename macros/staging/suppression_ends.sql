{#- Body of a CTE: source_file and line_number of the lines that began a suppression, and when the first later
    line of the same record ended it, with the keys; only those that ended.

    starts: name of a CTE with source_file, line_number, started_at and the keys; ends: name of a CTE with
    changed_at and the keys; keys: the columns that name a record within its account. -#}
{% macro suppression_ends(starts, ends, keys) -%}
select
    {{ starts }}.source_file,
    {{ starts }}.line_number,
    {%- for key in keys %}
    {{ starts }}.{{ key }},
    {%- endfor %}
    min({{ ends }}.changed_at) as ended_at
from {{ starts }}
inner join {{ ends }}
    on
        {{ starts }}.source_relation = {{ ends }}.source_relation
        {%- for key in keys %}
        and {{ starts }}.{{ key }} = {{ ends }}.{{ key }}
        {%- endfor %}
        and {{ starts }}.started_at < {{ ends }}.changed_at
group by
    {{ starts }}.source_file,
    {{ starts }}.line_number,
    {%- for key in keys %}
    {{ starts }}.{{ key }}{{ ',' if not loop.last }}
    {%- endfor %}
{%- endmacro %}
