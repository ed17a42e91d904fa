{#- CTEs from `features` to `evaluated`: one scan; the place of every group of subjects first, then which
    clauses get what they ask of the contact, then one CTE per stage, each adding bits: `match_<n>` where rules hold, `word_<n>` where the contact is in the segments.
    `kept` are the columns carried through. -#}
{% macro segment_ctes(rules, fields, kept) %}
    {%- set program = segment_program(rules, fields) -%}
    {%- set carried = [] + kept -%}
    {%- for word, layer in program['layers'] -%}
        {%- do carried.append('clauses_' ~ word ~ '_' ~ layer) -%}
    {%- endfor -%}
subjects as (
    select
        {{ kept | join(',\n        ') }}
        {%- for sql, subject in program['subjects'].items() %},
        {{ sql | trim }} as subject_{{ subject['number'] }}
        {%- endfor %}
    from features
),

places as (
    select
        {{ kept | join(',\n        ') }}
        {%- for group in program['groups'] %},
        {{ segment_group_place(program, group) }}
            as place_{{ group['number'] }}
        {%- endfor %}
    from subjects
),
{% for group in program['groups'] %}
masks_{{ group['number'] }} as (
    {{ segment_group_masks(program, group) }}
),
{% endfor %}
found as (
    select
        {{ kept | join(',\n        ') }}
        {%- for group in program['groups'] %},
        {{ list_element('masks_' ~ group['number'], 'place_' ~ group['number']) }}
            as found_{{ group['number'] }}
        {%- endfor %}
    from places
    {%- for group in program['groups'] %}
    cross join masks_{{ group['number'] }}
    {%- endfor %}
),

stage_0 as (
    select
        {{ kept | join(',\n        ') }}
        {%- for word, layer in program['layers'] %},
        {{ segment_layer_sql(program, (word, layer)) }} as clauses_{{ word }}_{{ layer }}
        {%- endfor %}
        {%- for word in range(1, program['match_words'] + 1) %},
        cast(0 as {{ program['type'] }}) as match_{{ word }}
        {%- endfor %}
        {%- for word in range(1, program['words'] + 1) %},
        cast(0 as {{ program['type'] }}) as word_{{ word }}
        {%- endfor %}
    from found
),
{% for stage in program['stages'] %}
    {%- set matched = [] -%}
    {%- set settled = [] -%}
    {%- for step in stage -%}
        {%- do (matched.append(step[7:]) if step.startswith('_match_') else settled.append(step)) -%}
    {%- endfor -%}
    {%- set matches = segment_matches(program, matched) -%}
    {%- set members = segment_members(program, rules, settled) %}
stage_{{ loop.index }} as (
    select
        {{ carried | join(',\n        ') }}
        {%- for word in range(1, program['match_words'] + 1) %},
        {{ (['match_' ~ word] + matches.get(word, [])) | join('\n        | ') }} as match_{{ word }}
        {%- endfor %}
        {%- for word in range(1, program['words'] + 1) %},
        {{ (['word_' ~ word] + members.get(word, [])) | join('\n        | ') }} as word_{{ word }}
        {%- endfor %}
    from stage_{{ loop.index0 }}
),
{% endfor %}
evaluated as (
    select
        {{ kept | join(',\n        ') }},
        {%- for word in segment_word_columns(rules) %}
        cast({{ word }} as {{ segment_word_type() }}) as {{ word }}{{ "," if not loop.last }}
        {%- endfor %}
    from stage_{{ program['stages'] | length }}
)
{%- endmacro %}
