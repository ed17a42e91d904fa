{#- The boolean SQL of a condition over leaf columns and segment columns. `leaves` maps the SQL of a
    leaf to its column; a leaf that several rules use is computed once. -#}
{% macro segment_condition(condition, leaves, fields) %}
    {%- if 'segment' in condition -%}
        {%- do return(adapter.quote(condition['segment'])) -%}
    {%- elif 'not' in condition -%}
        {%- do return('not ' ~ segment_condition(condition['not'], leaves, fields)) -%}
    {%- elif 'all' in condition or 'any' in condition -%}
        {%- set parts = [] -%}
        {%- for part in condition.get('all') or condition['any'] -%}
            {%- do parts.append(segment_condition(part, leaves, fields)) -%}
        {%- endfor -%}
        {%- do return('(' ~ parts | join(' and ' if 'all' in condition else ' or ') ~ ')') -%}
    {%- endif -%}
    {%- set leaf = segment_leaf(condition, fields) -%}
    {%- if leaf not in leaves -%}
        {%- do leaves.update({leaf: '_leaf_' ~ (leaves | length + 1)}) -%}
    {%- endif -%}
    {%- do return(leaves[leaf]) -%}
{% endmacro %}

{#- {stages: [[(column, sql), …], …], leaves: {sql: column}} of rules that have no errors. -#}
{% macro segment_program(rules, fields) %}
    {%- set by_name = segments_by_name(rules) -%}
    {%- set leaves = {} -%}
    {%- set stages = [] -%}
    {%- for columns in segment_stages(rules)['stages'] -%}
        {%- set stage = [] -%}
        {%- for column in columns -%}
            {%- set is_match = column not in by_name -%}
            {%- set rule = by_name[column[7:] if is_match else column] -%}
            {%- if is_match -%}
                {%- set sql = segment_condition(rule['where'], leaves, fields) -%}
            {%- else -%}
                {%- set parts = [] -%}
                {%- if rule.get('parent') is not none -%}
                    {%- do parts.append(adapter.quote(rule['parent'])) -%}
                {%- endif -%}
                {%- if segment_is_exclusive(rule) -%}
                    {%- if 'where' in rule -%}
                        {%- do parts.append('_match_' ~ column) -%}
                    {%- endif -%}
                    {%- for other in segment_tried_before(rule, rules) -%}
                        {%- do parts.append('not _match_' ~ other) -%}
                    {%- endfor -%}
                {%- else -%}
                    {%- do parts.append(segment_condition(rule['where'], leaves, fields)) -%}
                {%- endif -%}
                {%- set sql = parts | join(' and ') or 'true' -%}
            {%- endif -%}
            {%- do stage.append((column, sql)) -%}
        {%- endfor -%}
        {%- do stages.append(stage) -%}
    {%- endfor -%}
    {%- do return({'stages': stages, 'leaves': leaves}) -%}
{% endmacro %}

{#- CTEs from `features` to `segmented`: one scan, leaves first, then one CTE per stage, so that a
    segment used by many others is a column and not a copied expression. `kept` are the columns
    carried through. -#}
{% macro segment_ctes(rules, fields, kept) %}
    {%- set program = segment_program(rules, fields) -%}
leaves as (
    select
        {{ kept | join(',\n        ') }}
        {%- for sql, column in program['leaves'].items() %},
        {{ sql }} as {{ column }}
        {%- endfor %}
    from features
),
{% for stage in program['stages'] %}
stage_{{ loop.index }} as (
    select
        *
        {%- for column, sql in stage %},
        {{ sql }} as {{ adapter.quote(column) }}
        {%- endfor %}
    from {{ 'leaves' if loop.first else 'stage_' ~ loop.index0 }}
),
{% endfor %}
segmented as (
    select
        {{ kept | join(',\n        ') }}
        {%- for rule in rules %},
        {{ adapter.quote(rule['name']) }}
        {%- endfor %}
    from {{ 'stage_' ~ (program['stages'] | length) if program['stages'] else 'leaves' }}
)
{%- endmacro %}
