{#- What is wrong with one condition and everything below it. -#}
{% macro segment_condition_errors(condition, path, fields, names) %}
    {%- set kinds = ['all', 'any', 'not', 'field', 'segment', 'event', 'sql'] -%}
    {%- if condition is not mapping -%}
        {%- do return([
            path ~ ': a condition expected, found ' ~ segment_shown(condition) ~ '; accepted: '
            ~ kinds | join(', ')
        ]) -%}
    {%- endif -%}
    {%- set found = condition.keys() | select('in', kinds) | list -%}
    {%- if found | length != 1 -%}
        {%- do return([
            path ~ ': exactly one of ' ~ kinds | join(', ') ~ ' expected, found '
            ~ ((found | join(' and ')) or segment_shown(condition))
        ]) -%}
    {%- endif -%}
    {%- set kind = found[0] -%}
    {%- if kind in ('all', 'any') -%}
        {%- set errors = segment_unknown_keys(condition, [kind], path) -%}
        {%- set below = condition[kind] -%}
        {%- if below is mapping or below is string or below is not iterable -%}
            {%- do errors.append(
                path ~ '.' ~ kind ~ ': a list of conditions expected, found ' ~ segment_shown(below)
            ) -%}
        {%- elif not below -%}
            {%- do errors.append(
                path ~ '.' ~ kind ~ ': empty; at least one condition expected'
            ) -%}
        {%- else -%}
            {%- for part in below -%}
                {%- do errors.extend(segment_condition_errors(
                    part, path ~ '.' ~ kind ~ '[' ~ loop.index0 ~ ']', fields, names
                )) -%}
            {%- endfor -%}
        {%- endif -%}
        {%- do return(errors) -%}
    {%- elif kind == 'not' -%}
        {%- set errors = segment_unknown_keys(condition, ['not'], path) -%}
        {%- do errors.extend(
            segment_condition_errors(condition['not'], path ~ '.not', fields, names)
        ) -%}
        {%- do return(errors) -%}
    {%- elif kind == 'segment' -%}
        {%- set errors = segment_unknown_keys(condition, ['segment'], path) -%}
        {%- if condition['segment'] is not string or condition['segment'] not in names -%}
            {%- do errors.append(
                path ~ '.segment: unknown segment ' ~ segment_shown(condition['segment'])
                ~ '; accepted: ' ~ names | join(', ')
            ) -%}
        {%- endif -%}
        {%- do return(errors) -%}
    {%- elif kind == 'event' -%}
        {%- do return(segment_event_errors(condition, path, fields)) -%}
    {%- elif kind == 'sql' -%}
        {%- do return(segment_sql_errors(condition, path)) -%}
    {%- endif -%}
    {%- do return(segment_field_errors(condition, path, fields)) -%}
{% endmacro %}

{#- Keys a condition has beyond those it may have. -#}
{% macro segment_unknown_keys(condition, accepted, path) %}
    {%- set errors = [] -%}
    {%- for key in condition if key not in accepted -%}
        {%- do errors.append(
            path ~ '.' ~ key ~ ': unknown key; accepted: ' ~ accepted | join(', ')
        ) -%}
    {%- endfor -%}
    {%- do return(errors) -%}
{% endmacro %}

{#- `missing` says what a null input gives. -#}
{% macro segment_missing_errors(leaf, path) %}
    {%- if 'missing' in leaf and leaf['missing'] is not boolean -%}
        {%- do return([
            path ~ '.missing: true or false expected, found ' ~ segment_shown(leaf['missing'])
        ]) -%}
    {%- endif -%}
    {%- do return([]) -%}
{% endmacro %}

{% macro segment_field_errors(leaf, path, fields) %}
    {%- set field = leaf['field'] -%}
    {%- if field is not string or field not in fields -%}
        {%- set reason = segment_not_fitted_reason(field) if field is string else none -%}
        {%- if reason is not none -%}
            {%- do return([path ~ '.field: ' ~ segment_shown(field) ~ ' ' ~ reason]) -%}
        {%- endif -%}
        {%- do return([
            path ~ '.field: unknown field ' ~ segment_shown(field) ~ '; '
            ~ segment_near_names(field, fields) ~ 'accepted: ' ~ fields.keys() | sort | join(', ')
        ]) -%}
    {%- endif -%}
    {%- set kind = fields[field] -%}
    {%- set fitting = [] -%}
    {%- set known = segment_operators() -%}
    {%- for operator, fits in known.items() if kind in fits -%}
        {%- do fitting.append(operator) -%}
    {%- endfor -%}
    {%- set errors = [] -%}
    {%- for key in leaf if key not in known and key not in ('field', 'missing') -%}
        {%- do errors.append(
            path ~ '.' ~ key ~ ': unknown operator; accepted for the ' ~ kind ~ ' field '
            ~ field ~ ': ' ~ fitting | join(', ')
        ) -%}
    {%- endfor -%}
    {%- set operators = segment_leaf_operators(leaf, 'field') -%}
    {%- if not errors and operators | length != 1 -%}
        {%- do errors.append(
            path ~ ': exactly one operator expected, found '
            ~ ((operators | join(' and ')) or 'none') ~ '; accepted for the ' ~ kind ~ ' field '
            ~ field ~ ': ' ~ fitting | join(', ')
            ~ (' (join two leaves with all)' if operators else '')
        ) -%}
    {%- endif -%}
    {%- for operator in operators -%}
        {%- if operator not in fitting -%}
            {%- do errors.append(
                path ~ '.' ~ operator ~ ': does not fit the ' ~ kind ~ ' field ' ~ field
                ~ '; accepted: ' ~ fitting | join(', ')
            ) -%}
        {%- else -%}
            {%- do errors.extend(
                segment_value_errors(leaf[operator], operator, kind, path ~ '.' ~ operator)
            ) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- if 'missing' in leaf and 'is_null' in leaf -%}
        {%- do errors.append(path ~ '.missing: is_null answers for missing values itself') -%}
    {%- endif -%}
    {%- do errors.extend(segment_missing_errors(leaf, path)) -%}
    {%- do return(errors) -%}
{% endmacro %}

{#- Fields that share a word with an unknown one, so that a slip is found in a long list. -#}
{% macro segment_near_names(field, fields) %}
    {%- set near = [] -%}
    {%- if field is string -%}
        {%- set stem = field[:4] -%}
        {%- for name in fields | sort if stem | length > 1 and name.startswith(stem) -%}
            {%- do near.append(name) -%}
        {%- endfor -%}
    {%- endif -%}
    {%- do return('did you mean ' ~ near[:5] | join(' or ') ~ '? ' if near else '') -%}
{% endmacro %}

{#- The value of an operator: a value of the field's kind, a list of them, a number of days. -#}
{% macro segment_value_errors(value, operator, kind, path) %}
    {%- if operator == 'is_null' -%}
        {%- if value is not boolean -%}
            {%- do return([path ~ ': true or false expected, found ' ~ segment_shown(value)]) -%}
        {%- endif -%}
        {%- do return([]) -%}
    {%- elif operator in ('within_days', 'older_than_days') -%}
        {%- if value is boolean or value is not integer or value < 1 -%}
            {%- do return([
                path ~ ': a whole number of days, at least 1, expected, found '
                ~ segment_shown(value)
            ]) -%}
        {%- endif -%}
        {%- do return([]) -%}
    {%- endif -%}
    {%- set values = [value] -%}
    {%- if operator in ('in', 'not_in', 'between') -%}
        {%- if value is mapping or value is string or value is not iterable -%}
            {%- do return([path ~ ': a list of values expected, found ' ~ segment_shown(value)]) -%}
        {%- elif operator == 'between' and value | length != 2 -%}
            {%- do return([
                path ~ ': two values, low and high, expected, found ' ~ segment_shown(value)
            ]) -%}
        {%- elif not value -%}
            {%- do return([path ~ ': empty; at least one value expected']) -%}
        {%- endif -%}
        {%- set values = value -%}
    {%- endif -%}
    {%- set errors = [] -%}
    {%- for item in values -%}
        {%- set problem = segment_value_problem(item, kind) -%}
        {%- set place = path if operator not in ('in', 'not_in', 'between') else path ~ '[' ~ loop.index0 ~ ']' -%}
        {%- if problem is not none -%}
            {%- do errors.append(place ~ ': ' ~ problem) -%}
        {%- elif kind == 'timestamp'
            and segment_is_whole_day(item) != segment_is_whole_day(values[0]) -%}
            {%- do errors.append(place ~ ': days and moments are mixed; write all in one way') -%}
        {%- elif operator in ('contains', 'starts_with') and not item -%}
            {%- do errors.append(place ~ ': empty; a text of at least one character expected') -%}
        {%- endif -%}
    {%- endfor -%}
    {%- if operator == 'between' and not errors -%}
        {%- set low = value[0] if kind == 'number' else value[0] | string | replace('T', ' ') -%}
        {%- set high = value[1] if kind == 'number' else value[1] | string | replace('T', ' ') -%}
        {%- if low > high -%}
            {%- do errors.append(
                path ~ ': low before high expected, found ' ~ segment_shown(value[0]) ~ ' and '
                ~ segment_shown(value[1])
            ) -%}
        {%- endif -%}
    {%- endif -%}
    {%- do return(errors) -%}
{% endmacro %}

{#- Raw SQL is the last resort, behind a switch. -#}
{% macro segment_sql_errors(leaf, path) %}
    {%- if var('allow_sql_rules', false) is not true -%}
        {%- do return([
            path ~ '.sql: SQL rules are switched off; use field, segment or event, or set'
            ~ ' allow_sql_rules to true in dbt_project.yml'
        ]) -%}
    {%- endif -%}
    {%- set errors = segment_unknown_keys(leaf, ['sql', 'missing'], path) -%}
    {%- if leaf['sql'] is not string or not leaf['sql'] | trim -%}
        {%- do errors.append(
            path ~ '.sql: a boolean expression expected, found ' ~ segment_shown(leaf['sql'])
        ) -%}
    {%- endif -%}
    {%- do errors.extend(segment_missing_errors(leaf, path)) -%}
    {%- do return(errors) -%}
{% endmacro %}
