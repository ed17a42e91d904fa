{#- A rule as clauses: it holds when all literals of one clause do. A literal is {is_wanted} with one of
    leaf, segment, or part. -#}

{% macro segment_clause_limit() %}
    {%- do return(24) -%}
{% endmacro %}

{#- A list of clauses, each a list of literals; of the opposite where `is_wanted` is false. What would make too many
    clauses is cut into parts: `parts` gets name -> clauses, and the part is a literal. -#}
{% macro segment_clauses(condition, parts, is_wanted=true) %}
    {%- if 'not' in condition -%}
        {%- do return(segment_clauses(condition['not'], parts, not is_wanted)) -%}
    {%- elif 'segment' in condition -%}
        {%- do return([[{'segment': condition['segment'], 'is_wanted': is_wanted}]]) -%}
    {%- elif 'all' not in condition and 'any' not in condition -%}
        {%- do return([[{'leaf': condition, 'is_wanted': is_wanted}]]) -%}
    {%- endif -%}
    {#- not (a and b) is (not a) or (not b) -#}
    {%- set is_all = ('all' in condition) == is_wanted -%}
    {%- set found = namespace(clauses=[[]] if is_all else []) -%}
    {%- for below in condition.get('all') or condition['any'] -%}
        {%- set clauses = segment_clauses(below, parts, is_wanted) -%}
        {%- if not is_all -%}
            {%- set found.clauses = found.clauses + clauses -%}
        {%- elif (found.clauses | length) * (clauses | length) <= segment_clause_limit() -%}
            {%- set found.clauses = segment_clause_pairs(found.clauses, clauses) -%}
        {%- else -%}
            {%- set name = '_part_' ~ (parts | length + 1) -%}
            {%- do parts.update({name: clauses}) -%}
            {%- set found.clauses = segment_clause_pairs(
                found.clauses, [[{'part': name, 'is_wanted': true}]]
            ) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- do return(found.clauses) -%}
{% endmacro %}

{#- Every clause of one list together with every clause of the other. -#}
{% macro segment_clause_pairs(first, second) %}
    {%- set pairs = [] -%}
    {%- for one in first -%}
        {%- for other in second -%}
            {%- do pairs.append(one + other) -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- do return(pairs) -%}
{% endmacro %}

{#- The names of the segments and parts that clauses speak of. -#}
{% macro segment_clause_needs(clauses) %}
    {%- set needs = [] -%}
    {%- for clause in clauses -%}
        {%- for literal in clause if 'leaf' not in literal -%}
            {%- do needs.append(literal.get('segment') or '_match_' ~ literal['part']) -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- do return(needs) -%}
{% endmacro %}

{#- All that the compiled query is written from:
    clauses: rule or part -> its clauses;
    places: rule or part -> (word, bit);
    questions: leaf as text -> what it asks, and the bands in which it holds;
    subjects: what the questions ask of each subject;
    layers: the clauses that are looked at in one operation;
    groups: the subjects that are looked up together;
    stages: steps in the order of evaluation;
    words, match_words: number of words of memberships, and of matches with those of parts;
    type: that of all words while they are made, the narrowest with room for them. -#}
{% macro segment_program(rules, fields) %}
    {%- set clauses = {} -%}
    {%- set parts = {} -%}
    {%- set questions = {} -%}
    {%- set places = {} -%}
    {%- for rule in rules -%}
        {%- do places.update({rule['name']: segment_bit(loop.index0)}) -%}
        {%- if 'where' in rule -%}
            {%- do clauses.update({rule['name']: segment_clauses(rule['where'], parts)}) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- for part in parts -%}
        {%- do places.update({part: segment_bit(rules | length + loop.index0)}) -%}
    {%- endfor -%}
    {%- do clauses.update(parts) -%}
    {%- for clause in clauses.values() | sum(start=[]) -%}
        {%- for literal in clause if 'leaf' in literal
            and literal['leaf'] | string not in questions -%}
            {%- set question = segment_question(literal['leaf'], fields) -%}
            {%- do question.update({'leaf': literal['leaf']}) -%}
            {%- do questions.update({literal['leaf'] | string: question}) -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- set subjects = segment_subjects(questions.values() | list) -%}
    {%- for question in questions.values() -%}
        {%- do question.update({
            'bands': segment_bands_of(question['leaf'], question, subjects[question['subject']]),
        }) -%}
    {%- endfor -%}
    {%- set program = {
        'clauses': clauses,
        'places': places,
        'questions': questions,
        'subjects': subjects,
        'stages': segment_stages(rules, clauses)['stages'],
        'words': segment_words(rules),
        'match_words': segment_bit(([places | length, 1] | max) - 1)[0],
        'type': 'bigint' if places | length <= 60 else segment_word_type(),
    } -%}
    {%- do program.update({'layers': segment_layers(program)}) -%}
    {%- do program.update({'groups': segment_groups(subjects, program['layers'].values() | list)}) -%}
    {%- do return(program) -%}
{% endmacro %}
