{#- Why a contact is in a segment, leaf by leaf. Leaves are compiled a second time here, each to a
    condition that can be read, and not into bands and masks; a test proves that both agree. -#}

{#- {leaves, groups, roots}: every leaf of every rule in file order, the `all`, `any` and `not` above them, and
    per segment what all of its leaves come to together.
    A leaf: what segment_leaf_columns() lists; `answer`, `raw`, `days`: SQL over the features, where there is
    something of the kind; `turns`: the numbers of days at which the answer flips; `result`, `value`, `decides`,
    `flips`: SQL over the CTE `explained`.
    A group: name of its column, height above its leaves, SQL over the columns below it.
    A root: the column of the membership, and SQL that says the same from the leaves. -#}
{% macro segment_explanation_program(rules, fields) %}
    {%- set program = {
        'leaves': [], 'groups': [], 'roots': [], 'places': {}, 'rules': {},
        'dictionary': segment_dictionary(),
    } -%}
    {%- set exclusive = [] -%}
    {%- for rule in rules -%}
        {%- do program['places'].update({rule['name']: loop.index}) -%}
        {%- do program['rules'].update({rule['name']: rule}) -%}
        {%- if segment_is_exclusive(rule) -%}
            {%- do exclusive.append(rule) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- for rule in rules -%}
        {%- set whole = {
            'segment': rule['name'], 'is_negated': false, 'decides': [],
            'result': 'member_' ~ loop.index,
        } -%}
        {%- set results = [] -%}
        {%- if rule.get('parent') is not none -%}
            {%- do results.append(segment_explain_membership(
                program, whole, 'parent', 'parent', rule['parent']
            )) -%}
        {%- endif -%}
        {%- if segment_is_exclusive(rule) -%}
            {%- for other in segment_tried_before(rule, exclusive) -%}
                {%- do results.append(segment_explain_membership(
                    program, whole, 'exclusive.' ~ other, 'earlier_sibling', other
                )) -%}
            {%- endfor -%}
        {%- endif -%}
        {%- if rule.get('otherwise') is true -%}
            {%- do results.append(segment_explain_leaf(program, whole, 'otherwise', {
                'kind': 'otherwise', 'answer': 'true', 'foreseen_when': 'always',
            })) -%}
        {%- else -%}
            {%- do results.append(segment_explain_condition(
                program, whole, 'where', rule['where'], fields
            )['result']) -%}
        {%- endif -%}
        {%- do program['roots'].append({
            'member': 'member_' ~ loop.index, 'sql': results | join(' and '),
        }) -%}
    {%- endfor -%}
    {%- do return(program) -%}
{% endmacro %}

{#- Adds a condition and all below it; {result: its column, height}. `above` is the group it stands in:
    {segment, result: its column, or none under `not`; decides: what makes that group decisive}. -#}
{% macro segment_explain_condition(program, above, path, condition, fields) %}
    {%- if 'segment' in condition -%}
        {%- do return({'height': 0, 'result': segment_explain_membership(
            program, above, path, 'segment', condition['segment']
        )}) -%}
    {%- elif 'all' not in condition and 'any' not in condition and 'not' not in condition -%}
        {%- do return({'height': 0, 'result': segment_explain_leaf(
            program, above, path, segment_explain_question(condition, fields, program['dictionary'])
        )}) -%}
    {%- endif -%}
    {%- set group = {'name': 'group_' ~ (program['groups'] | length + 1)} -%}
    {%- do program['groups'].append(group) -%}
    {%- set inside = {
        'segment': above['segment'],
        'is_negated': above['is_negated'],
        'result': group['name'],
        'decides': segment_explain_decides(above, group['name']),
    } -%}
    {%- if 'not' in condition -%}
        {#- nothing but the one condition decides a `not` -#}
        {%- do inside.update({'is_negated': not above['is_negated'], 'result': none}) -%}
        {%- set below = segment_explain_condition(
            program, inside, path ~ '.not', condition['not'], fields
        ) -%}
        {%- do group.update({'height': below['height'] + 1, 'sql': 'not ' ~ below['result']}) -%}
    {%- else -%}
        {%- set word = 'all' if 'all' in condition else 'any' -%}
        {%- set results = [] -%}
        {%- set heights = [] -%}
        {%- for part in condition[word] -%}
            {%- set below = segment_explain_condition(
                program, inside, path ~ '.' ~ word ~ '[' ~ loop.index0 ~ ']', part, fields
            ) -%}
            {%- do results.append(below['result']) -%}
            {%- do heights.append(below['height']) -%}
        {%- endfor -%}
        {%- do group.update({
            'height': heights | max + 1,
            'sql': results | join(' and ' if word == 'all' else ' or '),
        }) -%}
    {%- endif -%}
    {%- do return({'result': group['name'], 'height': group['height']}) -%}
{% endmacro %}

{#- What must hold for something with this result to decide the segment: it comes out like the group
    it stands in, and so does every group above. -#}
{% macro segment_explain_decides(above, result) %}
    {%- if above['result'] is none -%}
        {%- do return(above['decides']) -%}
    {%- endif -%}
    {%- do return(above['decides'] + [result ~ ' = ' ~ above['result']]) -%}
{% endmacro %}

{#- Adds a leaf about membership of another segment; its column. -#}
{% macro segment_explain_membership(program, above, path, kind, name) %}
    {%- set other = 'member_' ~ program['places'][name] -%}
    {%- do return(segment_explain_leaf(program, above, path, {
        'kind': kind, 'referenced_segment': name, 'operator': 'eq',
        'threshold': 'false' if kind == 'earlier_sibling' else 'true',
        'value': segment_value_text('explained.' ~ other, 'boolean'),
        'result': ('not ' if kind == 'earlier_sibling' else '') ~ other,
    })) -%}
{% endmacro %}

{#- Adds a leaf; the SQL of its result. -#}
{% macro segment_explain_leaf(program, above, path, leaf) %}
    {%- set number = program['leaves'] | length + 1 -%}
    {%- set result = leaf.get('result') or 'answer_' ~ number -%}
    {%- set decides = segment_explain_decides(above, '(' ~ result ~ ')') | join(' and ') or 'true' -%}
    {%- do leaf.update({
        'number': number, 'segment': above['segment'], 'path': path,
        'is_negated': above['is_negated'],
        'result': segment_of_explained(result), 'decides': segment_of_explained(decides),
    }) -%}
    {%- if leaf.get('raw') -%}
        {%- do leaf.update({'value': segment_value_text('explained.raw_' ~ number, 'boolean')}) -%}
    {%- elif leaf.get('turns') -%}
        {%- do leaf.update({'flips': segment_turn_dates('explained.days_' ~ number, leaf['turns'])}) -%}
    {%- endif -%}
    {%- if leaf['kind'] not in ('field', 'event', 'sql') -%}
        {%- set rule = program['rules'][leaf.get('referenced_segment', above['segment'])] -%}
        {%- do leaf.update({
            'sentence': segment_membership_sentence(leaf['kind'], rule, 'en'),
            'sentence_fr': segment_membership_sentence(leaf['kind'], rule, 'fr'),
        }) -%}
    {%- endif -%}
    {%- do program['leaves'].append(leaf) -%}
    {%- do return(result) -%}
{% endmacro %}

{#- SQL over columns of results, said of the CTE that holds them. -#}
{% macro segment_of_explained(sql) %}
    {%- do return(modules.re.sub('(answer|member|group)_', 'explained.\\1_', sql)) -%}
{% endmacro %}

{#- CTEs from `features` and `history` (one boolean per segment) to `explained`: one row per contact and
    date with the result of every leaf (answer_<n>, member_<n>) and of every group (group_<n>). -#}
{% macro segment_explanation_ctes(program, rules) %}
    {%- set heights = program['groups'] | map(attribute='height') | unique | sort -%}
    {%- set columns = program['leaves'] | selectattr('field', 'defined') | map(attribute='field')
        | reject('none') | reject('in', ['contact_id', 'as_of_date']) | unique | list -%}
answers as (
    select
        contact_id,
        as_of_date
        {%- for column in columns %},
        {{ adapter.quote(column) }}
        {%- endfor %}
        {%- for leaf in program['leaves'] if leaf.get('answer') %},
        {{ leaf['answer'] }} as answer_{{ leaf['number'] }}
        {%- endfor %}
        {%- for leaf in program['leaves'] if leaf.get('turns') %},
        {{ leaf['days'] }} as days_{{ leaf['number'] }}
        {%- endfor %}
        {%- for leaf in program['leaves'] if leaf.get('raw') %},
        {{ leaf['raw'] }} as raw_{{ leaf['number'] }}
        {%- endfor %}
    from features
),

members as (
    select
        answers.*
        {%- for rule in rules %},
        history.{{ adapter.quote(rule['name']) }} as member_{{ loop.index }}
        {%- endfor %}
    from answers
    inner join history
        on
            answers.contact_id = history.contact_id
            and answers.as_of_date = history.as_of_date
),
{% for height in heights %}
groups_{{ height }} as (
    select
        *
        {%- for group in program['groups'] if group['height'] == height %},
        ({{ group['sql'] }}) as {{ group['name'] }}
        {%- endfor %}
    from {{ 'members' if loop.first else 'groups_' ~ (height - 1) }}
),
{% endfor %}
explained as (
    select * from {{ 'groups_' ~ (heights | list | last) if program['groups'] else 'members' }}
)
{%- endmacro %}

{#- For `dbt run-operation explain_segments --args '{cases: [{rules: […]}, …]}'`: prints per case two queries over
    relations named `features` and `history`: `leaves`, what segment_explanations is, and `roots`, whether the
    leaves put each contact into each segment; and `features`, as validate_segments prints it. `fields` replaces
    the vocabulary of int_contact_features. -#}
{% macro explain_segments(cases=none, fields=none) %}
    {%- set vocabulary = fields or segment_fields() -%}
    {%- set results = [] -%}
    {%- for case in cases or [{'rules': segment_rules()}] -%}
        {%- set rules = case['rules'] -%}
        {%- set program = segment_explanation_program(rules, vocabulary) -%}
        {%- set start = 'with ' ~ segment_explanation_ctes(program, rules) -%}
        {%- set roots = [] -%}
        {%- for rule in rules -%}
            {%- do roots.append(
                program['roots'][loop.index0]['sql'] ~ ' as ' ~ adapter.quote(rule['name'])
            ) -%}
        {%- endfor -%}
        {%- do results.append({
            'leaves': start ~ ',\n' ~ segment_leaf_ctes(program, rules) ~ '\nselect * from final',
            'roots': start ~ '\nselect contact_id, as_of_date, ' ~ roots | join(', ') ~ ' from explained',
            'features': segment_features_anew(segment_inputs(rules, vocabulary)),
        }) -%}
    {%- endfor -%}
    {%- do print(tojson(results)) -%}
{% endmacro %}
