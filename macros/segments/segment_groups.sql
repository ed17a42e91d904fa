{#- Subjects are looked up together: the bands of all subjects of a group make one place in the list of the group,
    in which the masks of every combination are ready, a field for each layer. A list of two thousand
    costs as much as short ones, and there are a third as many of them. -#}

{% macro segment_group_limit() %}
    {%- do return(2048) -%}
{% endmacro %}

{#- [{number, size, subjects: [name, …]}]: the subjects that most layers ask first, so that few groups are looked up
    for all layers; among these the largest; each in the first group with room. Sets the `step` of a
    subject, by how much a band further moves the place. -#}
{% macro segment_groups(subjects, layers) %}
    {%- set limit = segment_group_limit() -%}
    {%- set groups = [] -%}
    {%- for name, subject in subjects.items() -%}
        {%- do subject.update({'layers': 0}) -%}
    {%- endfor -%}
    {%- for layer in layers -%}
        {%- for name in layer['subjects'] -%}
            {%- do subjects[name].update({'layers': subjects[name]['layers'] + 1}) -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- for name, subject in subjects.items() | sort(attribute='1.layers,1.bands', reverse=true) -%}
        {%- set home = namespace(group=none) -%}
        {%- for group in groups if home.group is none and group['size'] * subject['bands'] <= limit -%}
            {%- set home.group = group -%}
        {%- endfor -%}
        {%- if home.group is none -%}
            {%- set home.group = {'number': groups | length + 1, 'size': 1, 'subjects': []} -%}
            {%- do groups.append(home.group) -%}
        {%- endif -%}
        {%- set group = home.group -%}
        {%- do subject.update({'step': group['size']}) -%}
        {%- do group['subjects'].append(name) -%}
        {%- do group.update({'size': group['size'] * subject['bands']}) -%}
    {%- endfor -%}
    {%- do return(groups) -%}
{% endmacro %}

{#- The SQL of the place in the list of a group, from 1. -#}
{% macro segment_group_place(program, group) %}
    {%- set terms = [segment_steps(1)] -%}
    {%- for name in group['subjects'] -%}
        {%- set subject = program['subjects'][name] -%}
        {%- do terms.append('(' ~ segment_band('subject_' ~ subject['number'], subject) ~ ')') -%}
    {%- endfor -%}
    {%- do return('cast(' ~ terms | join('\n            + ') ~ ' as bigint)') -%}
{% endmacro %}

{#- {number of a layer: the subjects of the group that it asks} of the layers that ask any. -#}
{% macro segment_group_layers(program, group) %}
    {%- set found = {} -%}
    {%- for number, layer in program['layers'].items() -%}
        {%- set asked = group['subjects'] | select('in', layer['subjects']) | list -%}
        {%- if asked -%}
            {%- do found.update({number: asked}) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- do return(found) -%}
{% endmacro %}

{#- A select of one row, a list of structs: for each layer the mask at every place of the group, the `&` over its
    subjects. -#}
{% macro segment_group_masks(program, group) %}
    {%- set layers = segment_group_layers(program, group) -%}
    {%- set places = [] -%}
    {%- set relations = [] -%}
    {%- for name in group['subjects'] -%}
        {%- set subject = program['subjects'][name] -%}
        {%- set columns = ['place'] -%}
        {%- set rows = [] -%}
        {%- for band in range(subject['bands']) -%}
            {%- do rows.append([band * subject['step']]) -%}
        {%- endfor -%}
        {%- for number, asked in layers.items() if name in asked -%}
            {%- set layer = program['layers'][number] -%}
            {%- set bits = layer['subjects'][name] -%}
            {%- set free = layer['bits'] - bits['bits'] -%}
            {%- do columns.append('clauses_' ~ number) -%}
            {%- for row in rows -%}
                {%- do row.append(free + bits['bands'].get(loop.index, 0)) -%}
            {%- endfor -%}
        {%- endfor -%}
        {%- set values = [] -%}
        {%- for row in rows -%}
            {%- do values.append('(' ~ row | join(', ') ~ ')') -%}
        {%- endfor -%}
        {%- do places.append('bands_' ~ subject['number'] ~ '.place') -%}
        {%- do relations.append(
            '(values ' ~ values | join(', ') ~ ') as bands_' ~ subject['number'] ~ ' ('
            ~ columns | join(', ') ~ ')'
        ) -%}
    {%- endfor -%}
    {%- set fields = {} -%}
    {%- for number, asked in layers.items() -%}
        {%- set masks = [] -%}
        {%- for name in asked -%}
            {%- do masks.append(
                'bands_' ~ program['subjects'][name]['number'] ~ '.clauses_' ~ number
            ) -%}
        {%- endfor -%}
        {%- do fields.update({
            'clauses_' ~ number: 'cast(' ~ masks | join(' & ') ~ ' as ' ~ program['type'] ~ ')'
        }) -%}
    {%- endfor -%}
    {%- do return(
        'select ' ~ list_by(struct_of(fields), places | join(' + ')) ~ ' as masks_' ~ group['number']
        ~ '\n    from ' ~ relations | join('\n    cross join ')
    ) -%}
{% endmacro %}

{#- The SQL of the bits of a layer that get all they ask of subjects. -#}
{% macro segment_layer_sql(program, number, layer) %}
    {%- set masks = [] -%}
    {%- for group in program['groups'] if group['subjects'] | select('in', layer['subjects']) | list -%}
        {%- do masks.append('found_' ~ group['number'] ~ '.clauses_' ~ number) -%}
    {%- endfor -%}
    {%- do return(masks | join('\n        & ') or 'cast(' ~ layer['bits'] ~ ' as ' ~ program['type'] ~ ')') -%}
{% endmacro %}
