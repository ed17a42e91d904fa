{#- What is wrong with an event leaf, which counts what a person did or received inside a window. -#}
{% macro segment_event_errors(leaf, path, fields) %}
    {%- set kinds = segment_event_kinds() -%}
    {%- set counts = ['eq', 'ne', 'gt', 'gte', 'lt', 'lte', 'between'] -%}
    {%- set event = leaf['event'] -%}
    {%- if event is not string or event not in kinds -%}
        {%- do return([
            path ~ '.event: unknown event ' ~ segment_shown(event) ~ '; accepted: '
            ~ kinds | join(', ')
        ]) -%}
    {%- endif -%}
    {%- set errors = segment_unknown_keys(
        leaf, ['event', 'within_days', 'campaign_type', 'signal', 'missing'] + counts, path
    ) -%}
    {%- if 'within_days' in leaf and (
        leaf['within_days'] is boolean or leaf['within_days'] is not integer
        or not 1 <= leaf['within_days'] <= 36500
    ) -%}
        {%- do errors.append(
            path ~ '.within_days: a whole number of days, 1 to 36500, expected, found '
            ~ segment_shown(leaf['within_days']) ~ ' (leave it out for all time)'
        ) -%}
    {%- endif -%}
    {%- if 'campaign_type' in leaf -%}
        {%- do errors.extend(segment_campaign_type_errors(leaf, path)) -%}
    {%- endif -%}
    {%- if 'signal' in leaf and 'any' not in kinds[event] -%}
        {%- do errors.append(
            path ~ '.signal: ' ~ event ~ ' has no signal, only open and click have one; remove it'
        ) -%}
    {%- elif 'signal' in leaf and leaf['signal'] not in ('human', 'any') -%}
        {%- do errors.append(
            path ~ '.signal: found ' ~ segment_shown(leaf['signal'])
            ~ '; accepted: human (the same as without it), any'
        ) -%}
    {%- endif -%}
    {%- set operators = segment_leaf_operators(leaf, 'event') | select('in', counts) | list -%}
    {%- if operators | length != 1 -%}
        {%- do errors.append(
            path ~ ': exactly one count operator expected, found '
            ~ ((operators | join(' and ')) or 'none') ~ '; accepted: ' ~ counts | join(', ')
        ) -%}
    {%- endif -%}
    {%- for operator in operators -%}
        {%- do errors.extend(
            segment_value_errors(leaf[operator], operator, 'number', path ~ '.' ~ operator)
        ) -%}
    {%- endfor -%}
    {%- do errors.extend(segment_missing_errors(leaf, path)) -%}
    {%- do return(errors) -%}
{% endmacro %}

{#- One campaign type or a list of them, on events that belong to campaigns. -#}
{% macro segment_campaign_type_errors(leaf, path) %}
    {%- set place = path ~ '.campaign_type' -%}
    {%- set given = leaf['campaign_type'] -%}
    {%- set mails = [] -%}
    {%- for event, kind in segment_event_kinds().items() if kind.get('is_mail', true) -%}
        {%- do mails.append(event) -%}
    {%- endfor -%}
    {%- if leaf['event'] not in mails -%}
        {%- do return([
            place ~ ': ' ~ leaf['event'] ~ ' belongs to no campaign; accepted on: ' ~ mails | join(', ')
        ]) -%}
    {%- elif given is mapping or (given is not string and given is not iterable) -%}
        {%- do return([
            place ~ ': a campaign type or a list of them expected, found ' ~ segment_shown(given)
            ~ '; accepted: ' ~ campaign_types() | join(', ')
        ]) -%}
    {%- elif given is not string and not given -%}
        {%- do return([
            place ~ ': empty; at least one expected; accepted: ' ~ campaign_types() | join(', ')
        ]) -%}
    {%- endif -%}
    {%- set errors = [] -%}
    {%- for item in ([given] if given is string else given) if item not in campaign_types() -%}
        {%- do errors.append(
            place ~ ': unknown campaign type ' ~ segment_shown(item) ~ '; accepted: '
            ~ campaign_types() | join(', ')
        ) -%}
    {%- endfor -%}
    {%- do return(errors) -%}
{% endmacro %}
