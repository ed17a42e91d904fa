{{ config(materialized='table') }}

{#- Source tables whose lines can say "leave" (config: meta: opt_outs), by what the loader does with a
    line it cannot read: `every_line_of` a file of people who left says so, of other files the words in
    the line decide. -#}
{%- set every_line = [] -%}
{%- set by_words = [] -%}
{%- set own_words = [] -%}
{%- if execute -%}
    {%- for source_node in graph.sources.values() -%}
        {%- set opt_outs = source_node.config.get('meta', {}).get('opt_outs') -%}
        {%- if opt_outs -%}
            {%- do by_words.append(source_node.identifier) -%}
            {%- for pattern in opt_outs.get('every_line_of', []) -%}
                {%- do every_line.append((source_node.identifier, pattern | replace('*', '%'))) -%}
            {%- endfor -%}
            {%- if opt_outs.get('words') -%}
                {%- do own_words.append((source_node.identifier, opt_outs.words | join('|'))) -%}
            {%- endif -%}
        {%- endif -%}
    {%- endfor -%}
{%- endif -%}

with staged_lines as (
{{ union_systems('opt_out_lines') | indent(4) }}
),

malformed_lines as (
    select
        *,
        lower({{ dbt.split_part('source_file', "'/'", -1) }}) as file_name
    from {{ source('landing', 'rejected_lines') }}
    where source_table in {{ text_list(by_words) | indent(4) }}
),

-- what the loader could not take apart is read as a whole; a doubtful word is no complaint yet
judged as (
    select
        source_system,
        source_relation,
        source_file,
        line_number,
        loaded_at,
        {{ canonical_key(['source_file', 'line_number']) }} as line_key,
        cast(null as {{ dbt.type_string() }}) as source_contact_id,
        coalesce(
            {{ leave_cause('line_text') }},
            case
                {%- for identifier, pattern in every_line %}
                when source_table = '{{ identifier }}' and file_name like '{{ pattern | lower }}'
                    then 'unsubscribe'
                {%- endfor %}
                {%- for identifier, words in own_words %}
                when
                    source_table = '{{ identifier }}'
                    and {{ matches('lower(line_text)', "'" ~ words | lower ~ "'") }}
                    then 'unreadable'
                {%- endfor %}
                when false then 'unreadable'
            end
        ) as opt_out_cause,
        line_text as opt_out_text
    from malformed_lines
),

final as (
    select
        source_system,
        source_relation,
        source_file,
        line_number,
        loaded_at,
        line_key,
        source_contact_id,
        opt_out_cause,
        opt_out_text
    from staged_lines
    union all
    select * from judged
    where opt_out_cause is not null
)

select * from final
