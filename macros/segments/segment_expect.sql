{#- `expect:` of a segment, what must hold of it besides its rule: what is wrong with the way it is written. -#}

{% macro segment_expect_checks() %}
    {%- do return(['contacts', 'share_of_parent', 'monthly_jaccard', 'flap_rate', 'predictive']) -%}
{% endmacro %}

{#- outcome -> the column of int_contact_activity__daily that counts it, and how it reads in a sentence. A repurchase is
    an order of somebody who had bought before: nobody else is counted. -#}
{% macro segment_expect_outcomes() %}
    {%- do return({
        'order': ('orders', 'ordered'),
        'repurchase': ('orders', 'bought again'),
        'click': ('human_clicks', 'clicked'),
        'open': ('human_opens', 'opened'),
        'session': ('sessions', 'visited the site'),
        'unsubscribe': ('unsubscribes', 'unsubscribed'),
        'complaint': ('complaints', 'complained'),
    }) -%}
{% endmacro %}

{% macro segment_expect_errors(rule) %}
    {%- if 'expect' not in rule -%}
        {%- do return([]) -%}
    {%- endif -%}
    {%- set expect, path = rule['expect'], rule['name'] ~ '.expect' -%}
    {%- set checks = segment_expect_checks() -%}
    {%- if expect is not mapping -%}
        {%- do return([
            path ~ ': a mapping expected, found ' ~ segment_shown(expect) ~ '; accepted: '
            ~ checks | join(', ') ~ ', severity'
        ]) -%}
    {%- endif -%}
    {%- set errors = segment_unknown_keys(expect, checks + ['severity'], path) -%}
    {%- if not errors and not expect.keys() | select('in', checks) | list -%}
        {%- do errors.append(
            path ~ ': nothing is expected; at least one of ' ~ checks | join(', ') ~ ' expected'
        ) -%}
    {%- endif -%}
    {%- if 'severity' in expect and expect['severity'] not in ('critical', 'warning') -%}
        {%- do errors.append(
            path ~ '.severity: found ' ~ segment_shown(expect['severity'])
            ~ '; accepted: critical, warning'
        ) -%}
    {%- endif -%}
    {%- if 'contacts' in expect -%}
        {%- do errors.extend(
            segment_range_errors(expect['contacts'], 'count', path ~ '.contacts')
        ) -%}
    {%- endif -%}
    {%- if 'share_of_parent' in expect -%}
        {%- do errors.extend(
            segment_range_errors(expect['share_of_parent'], 'share', path ~ '.share_of_parent')
        ) -%}
    {%- endif -%}
    {%- for key in ('monthly_jaccard', 'flap_rate') if key in expect -%}
        {%- do errors.extend(segment_bound_errors(expect[key], 'share', path ~ '.' ~ key)) -%}
    {%- endfor -%}
    {%- if 'predictive' in expect -%}
        {%- do errors.extend(
            segment_predictive_errors(expect['predictive'], path ~ '.predictive')
        ) -%}
    {%- endif -%}
    {%- do return(errors) -%}
{% endmacro %}

{#- A number of contacts, or a share from 0 to 1. -#}
{% macro segment_bound_errors(value, kind, path) %}
    {%- set is_number = value is number and value is not boolean -%}
    {%- if kind == 'count' and not (value is integer and is_number and value >= 0) -%}
        {%- do return([
            path ~ ': a whole number of contacts, 0 or more, expected, found ' ~ segment_shown(value)
        ]) -%}
    {%- elif kind == 'share' and not (is_number and value >= 0 and value <= 1) -%}
        {%- do return([
            path ~ ': a share from 0 to 1 expected, found ' ~ segment_shown(value)
        ]) -%}
    {%- endif -%}
    {%- do return([]) -%}
{% endmacro %}

{#- [low, high], one of which may be null. -#}
{% macro segment_range_errors(value, kind, path) %}
    {%- if value is mapping or value is string or value is not iterable or value | length != 2 -%}
        {%- do return([
            path ~ ': two values, low and high (null where open), expected, found '
            ~ segment_shown(value)
        ]) -%}
    {%- endif -%}
    {%- set low, high = value[0], value[1] -%}
    {%- if low is none and high is none -%}
        {%- do return([path ~ ': low or high expected, found neither']) -%}
    {%- endif -%}
    {%- set errors = [] -%}
    {%- for bound in value if bound is not none -%}
        {%- do errors.extend(
            segment_bound_errors(bound, kind, path ~ '[' ~ value.index(bound) ~ ']')
        ) -%}
    {%- endfor -%}
    {%- if not errors and low is not none and high is not none and low > high -%}
        {%- do errors.append(
            path ~ ': low before high expected, found ' ~ low ~ ' and ' ~ high
        ) -%}
    {%- endif -%}
    {%- do return(errors) -%}
{% endmacro %}

{% macro segment_predictive_errors(value, path) %}
    {%- set keys = ['outcome', 'within_days', 'at_least'] -%}
    {%- if value is not mapping -%}
        {%- do return([
            path ~ ': a mapping with ' ~ keys | join(', ') ~ ' expected, found '
            ~ segment_shown(value)
        ]) -%}
    {%- endif -%}
    {%- set errors = segment_unknown_keys(value, keys, path) -%}
    {%- set outcomes = segment_expect_outcomes() -%}
    {%- if value.get('outcome') is not string or value['outcome'] not in outcomes -%}
        {%- do errors.append(
            path ~ '.outcome: found ' ~ segment_shown(value.get('outcome')) ~ '; accepted: '
            ~ outcomes.keys() | join(', ')
        ) -%}
    {%- endif -%}
    {%- set days = value.get('within_days') -%}
    {%- if days is boolean or days is not integer or days < 1 or days > 730 -%}
        {%- do errors.append(
            path ~ '.within_days: a whole number of days, 1 to 730, expected, found '
            ~ segment_shown(days)
        ) -%}
    {%- endif -%}
    {%- do errors.extend(
        segment_bound_errors(value.get('at_least'), 'share', path ~ '.at_least')
    ) -%}
    {%- if value.get('at_least') == 1 and value['at_least'] is not boolean -%}
        {%- do errors.append(
            path ~ '.at_least: below 1 expected, found 1: no number of members proves that all do'
        ) -%}
    {%- endif -%}
    {%- do return(errors) -%}
{% endmacro %}
