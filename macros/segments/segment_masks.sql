{#- Many segments in one operation. A word holds a bit for each of many segments; the band of a subject
    gives at once, for all of them, whether what they ask of it holds. The `and` of these masks over
    the subjects is the clauses that hold. A rule of several clauses has its bit in several layers,
    whose `or` is the rule. -#}

{#- Whether the bit of a rule or part is set: in `match_` where its rule holds, in `word_` where the
    contact is in the segment. -#}
{% macro segment_bit_test(program, name, prefix) %}
    {%- set word, bit = program['places'][name] -%}
    {%- do return('(' ~ prefix ~ word ~ ' & ' ~ bit ~ ') <> 0') -%}
{% endmacro %}

{#- number -> {bits, subjects: {subject: {bits, bands: {band: bits}}}, clauses: [{name, word, bit, tests}]} of all
    rules and parts: a clause is in the first layer that has its bit free, the bit of its rule. `bits` of a layer
    have a clause there, those of a subject ask something of it, those of a band get what they ask for. `tests` are
    the literals about segments and parts, as (test, is_wanted). -#}
{% macro segment_layers(program) %}
    {%- set layers = {} -%}
    {%- for name, clause in segment_clauses_in_turn(program) -%}
        {%- set word, bit = program['places'][name] -%}
        {%- set home = namespace(layer=none) -%}
        {%- for layer in layers.values() if home.layer is none and layer['bits'] // bit % 2 == 0 -%}
            {%- set home.layer = layer -%}
        {%- endfor -%}
        {%- if home.layer is none -%}
            {%- set home.layer = {'bits': 0, 'subjects': {}, 'clauses': []} -%}
            {%- do layers.update({layers | length + 1: home.layer}) -%}
        {%- endif -%}
        {%- set layer = home.layer -%}
        {%- do layer.update({'bits': layer['bits'] + bit}) -%}
        {%- do layer['clauses'].append({
            'name': name, 'word': word, 'bit': bit, 'tests': segment_clause_tests(program, clause),
        }) -%}
        {%- for subject, bands in segment_clause_bands(program, clause).items() -%}
            {%- set asked = layer['subjects'].get(subject) or {'bits': 0, 'bands': {}} -%}
            {%- do asked.update({'bits': asked['bits'] + bit}) -%}
            {%- do layer['subjects'].update({subject: asked}) -%}
            {%- for band in bands -%}
                {%- do asked['bands'].update({band: asked['bands'].get(band, 0) + bit}) -%}
            {%- endfor -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- do return(layers) -%}
{% endmacro %}

{#- [(name, clause)]: the first clauses of all rules and parts, then the second ones, and so on. -#}
{% macro segment_clauses_in_turn(program) %}
    {%- set turns = {} -%}
    {%- for name, clauses in program['clauses'].items() -%}
        {%- for clause in clauses -%}
            {%- do turns.update({loop.index: turns.get(loop.index, []) + [(name, clause)]}) -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- do return(turns.values() | sum(start=[])) -%}
{% endmacro %}

{#- subject -> the bands in which all that the clause asks of it holds. -#}
{% macro segment_clause_bands(program, clause) %}
    {%- set found = {} -%}
    {%- for literal in clause if 'leaf' in literal -%}
        {%- set question = program['questions'][literal['leaf'] | string] -%}
        {%- set name = question['subject'] -%}
        {%- set subject = program['subjects'][name] -%}
        {%- set bands = question['bands'] -%}
        {%- if not literal['is_wanted'] -%}
            {%- set bands = range(1, subject['bands'] + 1) | reject('in', bands) | list -%}
        {%- endif -%}
        {%- do found.update({
            name: bands | select('in', found[name]) | list if name in found else bands
        }) -%}
    {%- endfor -%}
    {%- do return(found) -%}
{% endmacro %}

{#- (test of a segment's or part's bit, is_wanted) of a clause. -#}
{% macro segment_clause_tests(program, clause) %}
    {%- set tests = [] -%}
    {%- for literal in clause if 'leaf' not in literal -%}
        {%- set test = segment_bit_test(program, literal['segment'], 'word_')
            if 'segment' in literal else segment_bit_test(program, literal['part'], 'match_') -%}
        {%- if (test, literal['is_wanted']) not in tests -%}
            {%- do tests.append((test, literal['is_wanted'])) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- do return(tests) -%}
{% endmacro %}

{#- word -> list of SQL, whose `or` is the bits of those of `names` whose rule holds. -#}
{% macro segment_matches(program, names) %}
    {%- set matches = {} -%}
    {%- for number, layer in program['layers'].items() -%}
        {%- set judged = namespace(bits=0) -%}
        {%- set words = {} -%}
        {%- set tests = {} -%}
        {%- for clause in layer['clauses'] if clause['name'] in names -%}
            {%- set judged.bits = judged.bits + clause['bit'] -%}
            {%- do words.update({clause['word']: words.get(clause['word'], 0) + clause['bit']}) -%}
            {%- for test in clause['tests'] -%}
                {%- do tests.update({test: tests.get(test, 0) + clause['bit']}) -%}
            {%- endfor -%}
        {%- endfor -%}
        {%- set masks = ['clauses_' ~ number] -%}
        {%- for (test, is_wanted), bits in tests.items() -%}
            {%- set others = judged.bits - bits -%}
            {%- do masks.append(
                'cast(case when ' ~ test ~ ' then ' ~ (judged.bits if is_wanted else others)
                ~ ' else ' ~ (others if is_wanted else judged.bits) ~ ' end as ' ~ program['type'] ~ ')'
            ) -%}
        {%- endfor -%}
        {#- what the words of a layer share is computed once -#}
        {%- set held = masks | join(' & ') -%}
        {%- for word, bits in words.items() -%}
            {%- do matches.update({
                word: matches.get(word, []) + ['((' ~ held ~ ') & ' ~ bits ~ ')']
            }) -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- do return(matches) -%}
{% endmacro %}

{#- word -> list of SQL, whose `or` is the bits of those segments of `names` the contact is in: the
    rule holds, so does the parent, and no exclusive sibling took the contact before. -#}
{% macro segment_members(program, rules, names) %}
    {%- set members = {} -%}
    {%- set open = {} -%}
    {%- set parents = [] -%}
    {%- for rule in rules if rule['name'] in names -%}
        {%- if not segment_is_exclusive(rule) -%}
            {%- set word, bit = program['places'][rule['name']] -%}
            {%- set key = (word, rule.get('parent')) -%}
            {%- do open.update({key: open.get(key, 0) + bit}) -%}
        {%- elif rule.get('parent') not in parents -%}
            {%- do parents.append(rule.get('parent')) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- for key, bits in open.items() -%}
        {%- set sql = segment_inside(program, key[1], 'match_' ~ key[0] ~ ' & ' ~ bits) -%}
        {%- do members.update({key[0]: members.get(key[0], []) + [sql]}) -%}
    {%- endfor -%}
    {%- for parent in parents -%}
        {%- for word, first in segment_first_match(program, rules, names, parent).items() -%}
            {%- set sql = segment_inside(program, parent, first) -%}
            {%- do members.update({word: members.get(word, []) + [sql]}) -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- do return(members) -%}
{% endmacro %}

{#- The bits where the contact is in the parent, 0 elsewhere. -#}
{% macro segment_inside(program, parent, sql) %}
    {%- if parent is none -%}
        {%- do return('(' ~ sql ~ ')') -%}
    {%- endif -%}
    {%- do return(
        'cast(case when ' ~ segment_bit_test(program, parent, 'word_') ~ ' then ' ~ sql
        ~ ' else 0 end as ' ~ program['type'] ~ ')'
    ) -%}
{% endmacro %}

{#- word -> the bit of the first exclusive sibling that matches, 0 when it is none of `names`. -#}
{% macro segment_first_match(program, rules, names, parent) %}
    {%- set tried = [] -%}
    {%- set rest = [] -%}
    {%- for rule in rules if rule.get('parent') == parent and segment_is_exclusive(rule) -%}
        {%- do (rest if rule.get('otherwise') is true else tried).append(rule['name']) -%}
    {%- endfor -%}
    {%- set last_of = {} -%}
    {%- for name in tried + rest if name in names -%}
        {%- do last_of.update({program['places'][name][0]: name}) -%}
    {%- endfor -%}
    {%- set found = {} -%}
    {%- for word, last in last_of.items() -%}
        {%- set branches = [] -%}
        {%- for name in tried if last in rest or loop.index0 <= tried.index(last) -%}
            {%- set home, bit = program['places'][name] -%}
            {%- do branches.append(
                'when ' ~ segment_bit_test(program, name, 'match_') ~ ' then '
                ~ (bit if name in names and home == word else 0)
            ) -%}
        {%- endfor -%}
        {%- set remainder = program['places'][last][1] if last in rest else 0 -%}
        {%- do found.update({word: remainder if not branches else
            'cast(case ' ~ branches | join('\n            ') ~ ' else ' ~ remainder
            ~ ' end as ' ~ program['type'] ~ ')'}) -%}
    {%- endfor -%}
    {%- do return(found) -%}
{% endmacro %}
