{#- In which order segments are evaluated. Exclusive siblings have two steps: whether the rule
    matches, and whether the contact is in it (inside the parent and not taken by an earlier
    sibling). With the two apart, a sibling may speak of an earlier one without a cycle. -#}

{% macro segments_by_name(rules) %}
    {%- set by_name = {} -%}
    {%- for rule in rules -%}
        {%- do by_name.update({rule['name']: rule}) -%}
    {%- endfor -%}
    {%- do return(by_name) -%}
{% endmacro %}

{% macro segment_is_exclusive(rule) %}
    {%- do return(rule.get('exclusive') is true or rule.get('otherwise') is true) -%}
{% endmacro %}

{#- The exclusive siblings a contact is tried on before this one, which is one of the `exclusive` rules:
    the earlier ones in file order; for the one that takes the rest, all others. -#}
{% macro segment_tried_before(rule, exclusive) %}
    {%- set before = [] -%}
    {%- set reached = namespace(self=false) -%}
    {%- for other in exclusive if other.get('parent') == rule.get('parent') -%}
        {%- if other['name'] == rule['name'] -%}
            {%- set reached.self = true -%}
        {%- elif other.get('otherwise') is not true
            and (rule.get('otherwise') is true or not reached.self) -%}
            {%- do before.append(other['name']) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- do return(before) -%}
{% endmacro %}

{#- The leaves of a condition, the upper ones first. -#}
{% macro segment_leaves_of(condition) %}
    {%- set found = [] -%}
    {#- grows while it is read: a call for each part takes three times as long -#}
    {%- set parts = [condition] -%}
    {%- for part in parts -%}
        {%- if 'all' in part or 'any' in part -%}
            {%- do parts.extend(part.get('all') or part['any']) -%}
        {%- elif 'not' in part -%}
            {%- do parts.append(part['not']) -%}
        {%- else -%}
            {%- do found.append(part) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- do return(found) -%}
{% endmacro %}

{#- The segments a condition speaks of. -#}
{% macro segment_references(condition) %}
    {%- do return(
        segment_leaves_of(condition) | selectattr('segment', 'defined') | map(attribute='segment') | list
    ) -%}
{% endmacro %}

{#- {stages: [[step, …], …], errors: [message, …]}; a step is `_match_<rule or part>`, whether the rule holds, or a
    segment, whether the contact is in it. Every step needs only steps of earlier stages; what is left
    over runs in a circle. `clauses` has the parts as well, which a rule is cut into for compiling. -#}
{% macro segment_stages(rules, clauses=none) %}
    {%- set steps = {} -%}
    {%- set exclusive = [] -%}
    {%- for rule in rules if segment_is_exclusive(rule) -%}
        {%- do exclusive.append(rule) -%}
    {%- endfor -%}
    {%- for rule in rules -%}
        {%- set name = rule['name'] -%}
        {%- set above = [rule['parent']] if rule.get('parent') is not none else [] -%}
        {%- if 'where' in rule -%}
            {%- set needs = segment_references(rule['where']) if clauses is none
                else segment_clause_needs(clauses[name]) -%}
            {%- do steps.update({'_match_' ~ name: {'name': name, 'needs': needs}}) -%}
            {%- do above.append('_match_' ~ name) -%}
        {%- endif -%}
        {%- if rule in exclusive -%}
            {%- for other in segment_tried_before(rule, exclusive) -%}
                {%- do above.append('_match_' ~ other) -%}
            {%- endfor -%}
        {%- endif -%}
        {%- do steps.update({name: {'name': name, 'needs': above}}) -%}
    {%- endfor -%}
    {%- for name in clauses or {} if name.startswith('_part_') -%}
        {%- do steps.update({'_match_' ~ name: {
            'name': name, 'needs': segment_clause_needs(clauses[name]),
        }}) -%}
    {%- endfor -%}
    {%- set stages = [] -%}
    {%- set done = {} -%}
    {%- set left = namespace(columns=steps.keys() | list, is_stuck=false) -%}
    {%- for _ in steps if left.columns and not left.is_stuck -%}
        {%- set stage = [] -%}
        {%- set rest = [] -%}
        {%- for column in left.columns -%}
            {%- if steps[column]['needs'] | reject('in', done) | list -%}
                {%- do rest.append(column) -%}
            {%- else -%}
                {%- do stage.append(column) -%}
            {%- endif -%}
        {%- endfor -%}
        {%- for column in stage -%}
            {%- do done.update({column: true}) -%}
        {%- endfor -%}
        {%- if stage -%}
            {%- do stages.append(stage) -%}
        {%- endif -%}
        {%- set left.is_stuck = not stage -%}
        {%- set left.columns = rest -%}
    {%- endfor -%}
    {%- set errors = [] -%}
    {%- if left.columns -%}
        {%- do errors.append(segment_cycle_error(steps, left.columns, done)) -%}
    {%- endif -%}
    {%- do return({'stages': stages, 'errors': errors}) -%}
{% endmacro %}

{#- Names one circle: from any step left over, following what it still needs must come back. -#}
{% macro segment_cycle_error(steps, columns, done) %}
    {%- set walk = namespace(at=columns[0], is_closed=false) -%}
    {%- set trail = [] -%}
    {%- for _ in range(columns | length + 1) if not walk.is_closed -%}
        {%- if walk.at in trail -%}
            {%- set walk.is_closed = true -%}
        {%- else -%}
            {%- do trail.append(walk.at) -%}
            {%- set walk.at = steps[walk.at]['needs'] | reject('in', done) | first -%}
        {%- endif -%}
    {%- endfor -%}
    {%- set circle = [] -%}
    {%- for column in trail[trail.index(walk.at):] + [walk.at] -%}
        {%- set name = steps[column]['name'] -%}
        {%- if not circle or circle[-1] != name -%}
            {%- do circle.append(name) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- if circle | length == 1 -%}
        {%- do circle.append(circle[0]) -%}
    {%- endif -%}
    {%- do return(
        circle[0] ~ ': cycle ' ~ circle | join(' -> ')
        ~ '; a segment cannot depend on itself, through rules, parents or siblings tried before it'
    ) -%}
{% endmacro %}
