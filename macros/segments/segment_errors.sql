{#- Everything that is wrong with a list of rules, as messages. Nothing is compiled while there is
    one: a rule that is nearly right selects the wrong people without a word. Each message names
    the segment and the path inside its rule, what was found and what is accepted. -#}
{% macro segment_errors(rules, fields) %}
    {%- set errors = [] -%}
    {%- if rules is mapping or rules is string or rules is not iterable -%}
        {%- do return(['segments: a list of segments expected, found ' ~ segment_shown(rules)]) -%}
    {%- endif -%}
    {%- set names = [] -%}
    {%- for rule in rules -%}
        {%- do errors.extend(segment_name_errors(rule, loop.index0, names)) -%}
        {%- if rule is mapping and rule.get('name') is string -%}
            {%- do names.append(rule['name']) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- if errors -%}
        {#- the other checks go by name -#}
        {%- do return(errors) -%}
    {%- endif -%}
    {%- for rule in rules -%}
        {%- do errors.extend(segment_key_errors(rule, names)) -%}
        {%- do errors.extend(segment_expect_errors(rule)) -%}
        {%- if rule.get('where') is not none -%}
            {%- do errors.extend(
                segment_condition_errors(rule['where'], rule['name'] ~ '.where', fields, names)
            ) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- do errors.extend(segment_tree_errors(rules)) -%}
    {%- if not errors -%}
        {%- do errors.extend(segment_stages(rules)['errors']) -%}
        {%- do errors.extend(segment_fitted_errors(rules)) -%}
    {%- endif -%}
    {%- do return(errors) -%}
{% endmacro %}

{#- A segment's name becomes a column: snake_case, one of a kind, none of ours. -#}
{% macro segment_name_errors(rule, position, names) %}
    {%- set path = 'segments[' ~ position ~ ']' -%}
    {%- if rule is not mapping -%}
        {%- do return([path ~ ': a mapping with a name expected, found ' ~ segment_shown(rule)]) -%}
    {%- endif -%}
    {%- set name = rule.get('name') -%}
    {%- if name is not string -%}
        {%- do return([path ~ '.name: a name expected, found ' ~ segment_shown(name)]) -%}
    {%- elif not modules.re.fullmatch('[a-z][a-z0-9_]{0,59}', name) -%}
        {%- do return([
            path ~ '.name: snake_case expected (a-z, 0-9 and _, a letter first, at most 60),'
            ~ ' found ' ~ segment_shown(name)
        ]) -%}
    {%- elif name in segment_reserved_names() -%}
        {%- do return([
            path ~ '.name: ' ~ segment_shown(name) ~ ' is a column of segment_history already;'
            ~ ' not accepted: ' ~ segment_reserved_names() | join(', ')
        ]) -%}
    {%- elif modules.re.fullmatch('word_[0-9]+', name) -%}
        {%- do return([
            path ~ '.name: ' ~ segment_shown(name) ~ ' is taken: word_<number> are the columns that'
            ~ ' hold the segments packed; accepted: any other name'
        ]) -%}
    {%- elif name in names -%}
        {%- do return([
            path ~ '.name: duplicate name ' ~ segment_shown(name) ~ ', first used by segments['
            ~ names.index(name) ~ ']'
        ]) -%}
    {%- endif -%}
    {%- do return([]) -%}
{% endmacro %}

{#- The keys beside the condition, each on its own. -#}
{% macro segment_key_errors(rule, names) %}
    {%- set name = rule['name'] -%}
    {%- set errors = [] -%}
    {%- set accepted = [
        'name', 'label', 'description', 'level', 'parent', 'exclusive', 'otherwise', 'where',
        'expect'
    ] -%}
    {%- for key in rule if key not in accepted -%}
        {%- do errors.append(
            name ~ '.' ~ key ~ ': unknown key; accepted: ' ~ accepted | join(', ')
        ) -%}
    {%- endfor -%}
    {%- for key in ['exclusive', 'otherwise'] if key in rule and rule[key] is not boolean -%}
        {%- do errors.append(
            name ~ '.' ~ key ~ ': true or false expected, found ' ~ segment_shown(rule[key])
        ) -%}
    {%- endfor -%}
    {%- if 'description' in rule and rule['description'] is not string -%}
        {%- do errors.append(
            name ~ '.description: text expected, found ' ~ segment_shown(rule['description'])
        ) -%}
    {%- endif -%}
    {%- if 'label' in rule -%}
        {%- do errors.extend(segment_label_errors(rule['label'], name)) -%}
    {%- endif -%}
    {%- if 'parent' in rule and rule['parent'] not in names -%}
        {%- do errors.append(
            name ~ '.parent: unknown segment ' ~ segment_shown(rule['parent'])
            ~ '; accepted: ' ~ names | join(', ')
        ) -%}
    {%- endif -%}
    {%- if rule.get('otherwise') is true -%}
        {%- if 'where' in rule -%}
            {%- do errors.append(
                name ~ '.where: otherwise takes what its siblings leave and has no rule of its own;'
                ~ ' remove where or otherwise'
            ) -%}
        {%- endif -%}
        {%- if rule.get('exclusive') is false -%}
            {%- do errors.append(
                name ~ '.exclusive: otherwise is exclusive by nature; found false, accepted: true'
            ) -%}
        {%- endif -%}
    {%- elif rule.get('where') is none -%}
        {%- do errors.append(
            name ~ '.where: missing; accepted: a rule (all, any, not, field, segment, event), or'
            ~ ' otherwise: true for what the siblings leave'
        ) -%}
    {%- endif -%}
    {%- do return(errors) -%}
{% endmacro %}

{#- A label is a text, or one text per language with English among them. -#}
{% macro segment_label_errors(label, name) %}
    {%- if label is string and label -%}
        {%- do return([]) -%}
    {%- elif label is not mapping -%}
        {%- do return([
            name ~ '.label: text, or {en: text, fr: text} expected, found ' ~ segment_shown(label)
        ]) -%}
    {%- endif -%}
    {%- set errors = [] -%}
    {%- if 'en' not in label -%}
        {%- do errors.append(
            name ~ '.label: the English label is missing; accepted: {en: text, fr: text}'
        ) -%}
    {%- endif -%}
    {%- for language, text in label.items() -%}
        {%- if language not in ('en', 'fr') -%}
            {%- do errors.append(
                name ~ '.label.' ~ language ~ ': unknown language; accepted: en, fr'
            ) -%}
        {%- elif text is not string or not text -%}
            {%- do errors.append(
                name ~ '.label.' ~ language ~ ': text expected, found ' ~ segment_shown(text)
            ) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- do return(errors) -%}
{% endmacro %}

{#- Levels, parents, and siblings. -#}
{% macro segment_tree_errors(rules) %}
    {%- set errors = [] -%}
    {%- set by_name = segments_by_name(rules) -%}
    {%- set rests = {} -%}
    {%- for rule in rules -%}
        {%- set name, level, parent = rule['name'], rule.get('level'), rule.get('parent') -%}
        {%- if 'level' in rule and (level is boolean or level not in (1, 2, 3)) -%}
            {%- do errors.append(
                name ~ '.level: found ' ~ segment_shown(level) ~ '; accepted: 1, 2, 3'
            ) -%}
        {%- elif parent is none and level in (2, 3) -%}
            {%- do errors.append(
                name ~ '.parent: missing; a segment on level ' ~ level ~ ' needs a parent on level '
                ~ (level - 1) ~ '; accepted: ' ~ segment_names_on_level(rules, level - 1)
            ) -%}
        {%- elif parent is not none and parent in by_name -%}
            {%- set above = by_name[parent].get('level') -%}
            {%- if level is none -%}
                {%- do errors.append(
                    name ~ '.level: missing; a segment with a parent is one level below it'
                    ~ '; accepted: 2, 3'
                ) -%}
            {%- elif level == 1 -%}
                {%- do errors.append(
                    name ~ '.parent: a segment on level 1 has no parent, found '
                    ~ segment_shown(parent)
                ) -%}
            {%- elif above != level - 1 -%}
                {%- do errors.append(
                    name ~ '.parent: ' ~ segment_shown(parent) ~ ' is on '
                    ~ ('no level' if above is none else 'level ' ~ above)
                    ~ ', a parent on level ' ~ (level - 1) ~ ' expected; accepted: '
                    ~ segment_names_on_level(rules, level - 1)
                ) -%}
            {%- endif -%}
        {%- endif -%}
        {%- if segment_is_exclusive(rule) and level is none -%}
            {%- do errors.append(
                name ~ '.level: missing; exclusive siblings stand on a level; accepted: 1, 2, 3'
            ) -%}
        {%- endif -%}
        {%- if rule.get('otherwise') is true -%}
            {%- if parent in rests -%}
                {%- do errors.append(
                    name ~ '.otherwise: two siblings take the rest '
                    ~ ('of all contacts' if parent is none else 'of ' ~ segment_shown(parent))
                    ~ ', the other is ' ~ segment_shown(rests[parent]) ~ '; keep one'
                ) -%}
            {%- endif -%}
            {%- do rests.update({parent: name}) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- do return(errors) -%}
{% endmacro %}

{#- The names on a level, for a message. -#}
{% macro segment_names_on_level(rules, level) %}
    {%- set names = rules | selectattr('level', 'defined') | selectattr('level', 'equalto', level)
        | map(attribute='name') | list -%}
    {%- do return((names | join(', ')) or 'none yet') -%}
{% endmacro %}
