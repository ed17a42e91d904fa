{#- What a leaf looks at is its subject: a column, its day, its age in days, whether it contains a text.
    All leaves of one subject cut its values into bands, so that the band of a row answers every one
    of them at once. Bands count from 1: the first is null. -#}

{#- What a leaf asks: {operator, subject: SQL, shape, kind, cuts}. The shape says how the subject is cut: `ordered` at
    cuts (value, is_strict), below which lie the values that are not >= value, or not > value; `listed`
    into the texts that are named and all others; `truth` into true and false. -#}
{% macro segment_question(leaf, fields) %}
    {%- if 'sql' in leaf -%}
        {#- the line break ends a comment that the expression may end with -#}
        {%- do return({
            'operator': 'sql', 'subject': '(' ~ leaf['sql'] ~ '\n)', 'shape': 'truth', 'cuts': [],
        }) -%}
    {%- endif -%}
    {%- if 'event' in leaf -%}
        {%- set column = segment_event_column(leaf, fields) -%}
        {%- set operator = segment_leaf_operators(leaf, 'event')[0] -%}
    {%- else -%}
        {%- set column = leaf['field'] -%}
        {%- set operator = segment_leaf_operators(leaf, 'field')[0] -%}
    {%- endif -%}
    {%- set kind = 'number' if 'event' in leaf else fields[column] -%}
    {%- set value = leaf[operator] -%}
    {%- set subject = adapter.quote(column) -%}
    {%- if operator == 'is_null' -%}
        {#- any shape tells null from the rest: the one other leaves of the column have -#}
        {%- set shape = 'truth' if kind == 'boolean'
            else 'listed' if kind in ('text', 'other') else 'ordered' -%}
        {%- do return({'operator': operator, 'subject': subject, 'shape': shape, 'kind': kind, 'cuts': []}) -%}
    {%- elif operator in ('contains', 'starts_with') -%}
        {%- do return({
            'operator': operator, 'subject': '(' ~ segment_text_test(column, operator, value) ~ ')', 'shape': 'truth',
            'cuts': [],
        }) -%}
    {%- elif operator in ('within_days', 'older_than_days') -%}
        {%- set cuts = [(0, false), (value, false)] if operator == 'within_days' else [(value, false)] -%}
        {%- do return({
            'operator': operator, 'subject': segment_age(column, kind), 'shape': 'ordered', 'kind': 'number', 'cuts': cuts,
        }) -%}
    {%- elif kind == 'boolean' -%}
        {%- do return({'operator': operator, 'subject': subject, 'shape': 'truth', 'cuts': []}) -%}
    {%- endif -%}
    {%- set values = value if operator in ('in', 'not_in', 'between') else [value] -%}
    {%- if kind == 'text' -%}
        {%- do return({'operator': operator, 'subject': subject, 'shape': 'listed', 'kind': kind, 'cuts': values}) -%}
    {%- elif kind == 'timestamp' and segment_is_whole_day(values[0]) -%}
        {%- set subject = segment_day(column, kind) -%}
        {%- set kind = 'date' -%}
    {%- endif -%}
    {%- set cuts = [] -%}
    {%- for item in values -%}
        {%- set place = segment_cut_value(item, kind) -%}
        {%- if operator not in ('gt', 'lte') and not (operator == 'between' and loop.last) -%}
            {%- do cuts.append((place, false)) -%}
        {%- endif -%}
        {%- if operator not in ('gte', 'lt') and not (operator == 'between' and loop.first) -%}
            {%- do cuts.append((place, true)) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- do return({'operator': operator, 'subject': subject, 'shape': 'ordered', 'kind': kind, 'cuts': cuts}) -%}
{% endmacro %}

{#- A value in the form that sorts as it compares: numbers as they are, days and times as text. -#}
{% macro segment_cut_value(value, kind) %}
    {%- if kind == 'number' -%}
        {%- do return(value) -%}
    {%- endif -%}
    {%- set text = (value | string).replace('T', ' ').replace('Z', '') -%}
    {%- do return(text ~ ':00' if text | length == 16 else text) -%}
{% endmacro %}

{#- subject -> {number, shape, kind, cuts, places, bands}: what all the questions ask of each subject, put
    together. For the listed, texts that the same questions name share a band. -#}
{% macro segment_subjects(questions) %}
    {%- set subjects = {} -%}
    {%- for question in questions -%}
        {%- set number = loop.index -%}
        {%- if question['subject'] not in subjects -%}
            {%- do subjects.update({question['subject']: {
                'shape': question['shape'], 'kind': question.get('kind'), 'askers': {},
                'number': subjects | length + 1,
            }}) -%}
        {%- endif -%}
        {%- set askers = subjects[question['subject']]['askers'] -%}
        {%- for cut in question['cuts'] -%}
            {%- do askers.update({cut: askers.get(cut, '') ~ number ~ ' '}) -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- for subject in subjects.values() -%}
        {%- if subject['shape'] == 'truth' -%}
            {%- do subject.update({'bands': 3}) -%}
        {%- elif subject['shape'] == 'ordered' -%}
            {%- set cuts = subject['askers'].keys() | sort -%}
            {%- set places = {} -%}
            {%- for cut in cuts -%}
                {#- the first band that lies beyond the cut -#}
                {%- do places.update({cut: loop.index + 2}) -%}
            {%- endfor -%}
            {%- do subject.update({'cuts': cuts, 'places': places, 'bands': cuts | length + 2}) -%}
        {%- else -%}
            {%- set groups = {} -%}
            {%- for text, asked_by in subject['askers'].items() -%}
                {%- do groups.update({asked_by: groups.get(asked_by, []) + [text]}) -%}
            {%- endfor -%}
            {%- set places = {} -%}
            {%- for texts in groups.values() -%}
                {%- set place = loop.index + 2 -%}
                {%- for text in texts -%}{%- do places.update({text: place}) -%}{%- endfor -%}
            {%- endfor -%}
            {%- do subject.update({
                'cuts': groups.values() | list, 'places': places, 'bands': groups | length + 2,
            }) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- do return(subjects) -%}
{% endmacro %}

{#- The SQL of a subject's part of the place in its group: a step for each band below its own. Null is the first
    band, then false and true, or all other texts and the named ones, or the ordered values from below: most contacts
    bought, clicked and spent little or nothing, so that the first comparisons answer for most. -#}
{% macro segment_band(sql, subject) %}
    {%- set step = subject['step'] -%}
    {%- if subject['shape'] == 'truth' -%}
        {%- do return(
            'case when ' ~ sql ~ ' then ' ~ segment_steps(2 * step) ~ ' when ' ~ sql ~ ' is null then '
            ~ segment_steps(0) ~ ' else ' ~ segment_steps(step) ~ ' end'
        ) -%}
    {%- endif -%}
    {%- set lowest = 'case when ' ~ sql ~ ' is null then ' ~ segment_steps(0) -%}
    {%- set otherwise = ' else ' ~ segment_steps(step) ~ ' end' -%}
    {%- set branches = [] -%}
    {%- if subject['shape'] == 'ordered' -%}
        {%- for value, is_strict in subject['cuts'] -%}
            {%- do branches.append(
                ' when ' ~ sql ~ (' <= ' if is_strict else ' < ')
                ~ segment_literal(value, subject['kind']) ~ ' then ' ~ segment_steps(loop.index * step)
            ) -%}
        {%- endfor -%}
        {%- set otherwise = ' else ' ~ segment_steps((subject['bands'] - 1) * step) ~ ' end' -%}
    {%- else -%}
        {%- set steps = {} -%}
        {%- for texts in subject['cuts'] -%}
            {%- set place = segment_steps((loop.index + 1) * step) -%}
            {%- for text in texts -%}
                {%- do steps.update({segment_literal(text, subject['kind']): place}) -%}
            {%- endfor -%}
        {%- endfor -%}
        {#- from four texts on, a look into a map costs less than as many comparisons -#}
        {%- if steps | length > 3 -%}
            {%- do return(
                'coalesce(' ~ map_value(steps.keys() | list, steps.values() | list, sql)
                ~ ', ' ~ lowest ~ otherwise ~ ')'
            ) -%}
        {%- endif -%}
        {%- for literal, place in steps.items() -%}
            {%- do branches.append(' when ' ~ sql ~ ' = ' ~ literal ~ ' then ' ~ place) -%}
        {%- endfor -%}
    {%- endif -%}
    {%- do return(lowest ~ branches | join ~ otherwise) -%}
{% endmacro %}

{#- A number of steps in the narrowest type that holds the place in any group: half the bytes of an integer are
    written a fifth faster. -#}
{% macro segment_steps(number) %}
    {%- do return('cast(' ~ number ~ ' as smallint)') -%}
{% endmacro %}

{#- The bands in which a leaf holds. -#}
{% macro segment_bands_of(leaf, question, subject) %}
    {%- set places = subject.get('places') -%}
    {%- set values = range(2, subject['bands'] + 1) | list -%}
    {%- set operator = question['operator'] -%}
    {%- set missing = [1] if leaf.get('missing') else [] -%}
    {%- if operator == 'is_null' -%}
        {%- do return([1] if leaf['is_null'] else values) -%}
    {%- elif subject['shape'] == 'truth' -%}
        {%- set is_wanted = leaf[operator] == (operator == 'eq') if operator in ('eq', 'ne') else true -%}
        {%- do return(missing + [3 if is_wanted else 2]) -%}
    {%- elif subject['shape'] == 'listed' -%}
        {%- set named = [] -%}
        {%- for text in question['cuts'] if places[text] not in named -%}
            {%- do named.append(places[text]) -%}
        {%- endfor -%}
        {%- do return(
            missing + (named if operator in ('eq', 'in') else values | reject('in', named) | list)
        ) -%}
    {%- endif -%}
    {%- set cuts = question['cuts'] -%}
    {%- set end = subject['bands'] + 1 -%}
    {%- if operator in ('gt', 'gte', 'older_than_days') -%}
        {%- do return(missing + (range(places[cuts[0]], end) | list)) -%}
    {%- elif operator in ('lt', 'lte') -%}
        {%- do return(missing + (range(2, places[cuts[0]]) | list)) -%}
    {%- endif -%}
    {#- pairs of cuts: from the first of a pair up to the second -#}
    {%- set inside = [] -%}
    {%- for start in range(0, cuts | length, 2) -%}
        {%- for band in range(places[cuts[start]], places[cuts[start + 1]]) if band not in inside -%}
            {%- do inside.append(band) -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- do return(
        missing + (values | reject('in', inside) | list if operator in ('ne', 'not_in') else inside)
    ) -%}
{% endmacro %}
