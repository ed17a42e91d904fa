{#- CTEs from `features` to `evaluated`: one scan; the place of every group of subjects first, then which
    clauses get what they ask of the contact, then one CTE per stage, each adding bits: `match_<n>` where
    rules hold, `word_<n>` where the contact is in the segments. A word begins with the first bits it gets.
    `kept` are the columns carried through. -#}
{% macro segment_ctes(rules, fields, kept) %}
    {%- set program = segment_program(rules, fields) -%}
    {%- set carried = [] + kept -%}
    {%- for layer in program['layers'] -%}
        {%- do carried.append('clauses_' ~ layer) -%}
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
        {%- for number, layer in program['layers'].items() %},
        {{ segment_layer_sql(program, number, layer) }} as clauses_{{ number }}
        {%- endfor %}
    from found
),
{% set begun = {} -%}
{%- for stage in program['stages'] %}
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
        {%- for column, bits in segment_added_bits(program, matches, members).items() -%}
            {%- if column in begun or bits -%}
                {%- set terms = [column] + bits if column in begun else bits -%}
                {%- do begun.update({column: true}) -%},
        {{ terms | join('\n        | ') }} as {{ column }}
            {%- endif -%}
        {%- endfor %}
    from stage_{{ loop.index0 }}
),
{% endfor %}
evaluated as (
    select
        {{ kept | join(',\n        ') }},
        {%- for word in segment_word_columns(rules) %}
        cast({{ word if word in begun else 0 }} as {{ segment_word_type() }}) as {{ word }}{{ "," if not loop.last }}
        {%- endfor %}
    from stage_{{ program['stages'] | length }}
)
{%- endmacro %}

{#- column -> list of SQL, the bits that a stage adds to each of the words. -#}
{% macro segment_added_bits(program, matches, members) %}
    {%- set added = {} -%}
    {%- for word in range(1, program['match_words'] + 1) -%}
        {%- do added.update({'match_' ~ word: matches.get(word, [])}) -%}
    {%- endfor -%}
    {%- for word in range(1, program['words'] + 1) -%}
        {%- do added.update({'word_' ~ word: members.get(word, [])}) -%}
    {%- endfor -%}
    {%- do return(added) -%}
{% endmacro %}
