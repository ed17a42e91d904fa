{#- Both macros make the whole body of a map model from the list of a system's staging models:
      {model: 'stg_…', table: the source table's name, at: its main timestamp, or none} -#}

{#- map_<system>__line_counts: one row per file and staging model. -#}
{% macro system_line_counts(system, models) %}
    {%- for item in models %}
{{ 'union all' if not loop.first }}
select
    '{{ system }}' as source_system,
    source_relation,
    '{{ item.table }}' as source_table,
    source_file,
    loaded_at,
    sum(case when reject_reason is null then 1 else 0 end) as accepted_lines,
    sum(case when reject_reason is not null then 1 else 0 end) as rejected_lines,
    {%- if item.get('at') %}
    {#- an empty date read as 1970 is not where a file begins #}
    min(
        case
            when reject_reason is null and {{ item.at }} >= {{ first_possible_time() }}
                then {{ item.at }}
        end
    ) as first_at,
    max(case when reject_reason is null then {{ item.at }} end) as last_at
    {%- else %}
    cast(null as timestamp) as first_at,
    cast(null as timestamp) as last_at
    {%- endif %}
from {{ ref(item.model) }}
group by source_relation, source_file, loaded_at
    {%- endfor %}
{% endmacro %}


{#- map_<system>__rejected_records: one row per line that staging rejected. -#}
{% macro system_rejected_records(system, models) %}
    {%- for item in models %}
{{ 'union all' if not loop.first }}
select
    '{{ system }}' as source_system,
    source_relation,
    '{{ item.table }}' as source_table,
    source_file,
    line_number,
    reject_reason as reason,
    loaded_at
from {{ ref(item.model) }}
where reject_reason is not null
    {%- endfor %}
{% endmacro %}
