{#- CTEs from `explained` to `final`, the rows of segment_explanations. Features are read once, whatever the number
    of leaves: each row picks its own of their columns. -#}
{% macro segment_leaf_ctes(program, rules) %}
    {%- set text = dbt.type_string() -%}
leaves as (
    {{ segment_leaf_list(program) }}
),

picked as (
    select
        explained.contact_id,
        explained.as_of_date,
        leaves.number as leaf_number,
        leaves.is_negated
        {%- for column in segment_leaf_columns()[2:] %},
        cast(leaves.{{ column }} as {{ text }}) as {{ 'leaf_path' if column == 'path' else column }}
        {%- endfor %},
        {{ segment_leaf_case(program, 'value', text) }} as actual_value,
        {{ segment_leaf_case(program, 'result', 'boolean') }} as is_true,
        {{ segment_member_case(rules) }} as is_in_segment,
        {{ segment_leaf_case(program, 'decides', 'boolean') }} as is_decisive,
        {{ segment_leaf_case(program, 'flips', text) }} as flip_dates
    from explained
    cross join leaves
),

final as (
    select
        contact_id,
        as_of_date,
        segment,
        cast(leaf_number as integer) as leaf_number,
        leaf_path,
        kind,
        is_negated,
        sentence,
        sentence_fr,
        field,
        referenced_segment,
        operator,
        threshold,
        actual_value,
        is_true,
        is_in_segment,
        is_decisive,
        cast(left(flip_dates, 10) as date) as flips_on,
        flip_dates,
        case
            when referenced_segment is not null then null
            when foreseen_when = 'always' then true
            when foreseen_when = 'never' then false
            when foreseen_when = 'present' then actual_value is not null
            when actual_value is null then true
            else is_true = (foreseen_when = 'true')
        end as is_foreseeable
    from picked
)
{%- endmacro %}

{#- A select with one row per leaf of what is the same for every contact. -#}
{% macro segment_leaf_list(program) %}
    {%- set columns = segment_leaf_columns() -%}
    {%- if not program['leaves'] -%}
select
    0 as number,
    false as is_negated
        {%- for column in columns[2:] %},
    cast(null as {{ dbt.type_string() }}) as {{ column }}
        {%- endfor %}
where false
    {%- else -%}
select * from (
    values
        {%- for leaf in program['leaves'] %}
    (
        {{ leaf['number'] }}, {{ leaf['is_negated'] | string | lower }}
            {%- for column in columns[2:] %},
        {{ 'null' if leaf.get(column) is none else quoted_text(leaf[column]) }}
            {%- endfor %}
    ){{ ',' if not loop.last }}
        {%- endfor %}
) as leaves ({{ columns | join(', ') }})
    {%- endif -%}
{% endmacro %}

{% macro segment_leaf_columns() %}
    {%- do return([
        'number', 'is_negated', 'segment', 'path', 'kind', 'sentence', 'sentence_fr', 'field',
        'referenced_segment', 'operator', 'threshold', 'foreseen_when',
    ]) -%}
{% endmacro %}

{#- By the number of the leaf, the SQL under `key` of those leaves that have some. -#}
{% macro segment_leaf_case(program, key, type) %}
    {%- set branches = [] -%}
    {%- for leaf in program['leaves'] if leaf.get(key) -%}
        {%- do branches.append('when ' ~ leaf['number'] ~ ' then ' ~ leaf[key]) -%}
    {%- endfor -%}
    {%- do return(segment_picked('leaves.number', branches, type)) -%}
{% endmacro %}

{#- By the segment of the leaf, whether the contact is in it. -#}
{% macro segment_member_case(rules) %}
    {%- set branches = [] -%}
    {%- for rule in rules -%}
        {%- do branches.append(
            'when ' ~ quoted_text(rule['name']) ~ ' then explained.member_' ~ loop.index
        ) -%}
    {%- endfor -%}
    {%- do return(segment_picked('leaves.segment', branches, 'boolean')) -%}
{% endmacro %}

{% macro segment_picked(chooser, branches, type) %}
    {%- if not branches -%}
        {%- do return('cast(null as ' ~ type ~ ')') -%}
    {%- endif -%}
    {%- do return(
        'case ' ~ chooser ~ '\n            ' ~ branches | join('\n            ') ~ '\n        end'
    ) -%}
{% endmacro %}
