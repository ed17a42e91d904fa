{#- One leaf over the features, explained: its condition as plain SQL, its value as text, and what becomes of its
    answer if nothing happens. -#}

{% macro segment_explain_question(leaf, fields, dictionary) %}
    {%- set missing = 'true' if leaf.get('missing') else 'false' -%}
    {%- if 'sql' in leaf -%}
        {#- the line break ends a comment that the expression may end with -#}
        {%- set raw = '(' ~ leaf['sql'] ~ '\n)' -%}
        {%- do return({
            'kind': 'sql', 'raw': raw, 'answer': 'coalesce(' ~ raw ~ ', ' ~ missing ~ ')',
            'operator': 'eq', 'threshold': 'true', 'foreseen_when': 'never',
            'sentence': segment_sql_sentence(leaf, 'en'),
            'sentence_fr': segment_sql_sentence(leaf, 'fr'),
        }) -%}
    {%- endif -%}
    {%- set subject = 'event' if 'event' in leaf else 'field' -%}
    {%- set column = segment_event_column(leaf, fields) if 'event' in leaf else leaf['field'] -%}
    {%- set kind = 'number' if 'event' in leaf else fields[column] -%}
    {%- set operator = segment_leaf_operators(leaf, subject)[0] -%}
    {%- set condition = segment_plain_condition(column, kind, operator, leaf[operator]) -%}
    {%- if operator != 'is_null' -%}
        {%- set condition = 'coalesce(' ~ condition ~ ', ' ~ missing ~ ')' -%}
    {%- endif -%}
    {%- set words = segment_event_words(leaf, dictionary) if 'event' in leaf
        else segment_field_words(column, dictionary) -%}
    {%- set drift = segment_event_drift(leaf) if 'event' in leaf else segment_drift(column, dictionary) -%}
    {%- set is_age = operator in ('within_days', 'older_than_days') -%}
    {%- set days = segment_age(column, kind) if is_age and (drift != 'open' or words.get('ages'))
        else adapter.quote(column) if drift == 'clock' or (words.get('ages') and kind == 'number')
        else none -%}
    {%- do return({
        'kind': subject, 'field': column, 'operator': operator, 'answer': condition,
        'threshold': segment_threshold(leaf[operator], operator),
        'value': segment_value_text('explained.' ~ adapter.quote(column), kind),
        'days': days,
        'turns': segment_turns(leaf[operator], operator) if days is not none else [],
        'foreseen_when': segment_foreseen_when(drift, operator, leaf[operator]),
        'sentence': segment_leaf_sentence(leaf, words, kind, operator, 'en'),
        'sentence_fr': segment_leaf_sentence(leaf, words, kind, operator, 'fr'),
    }) -%}
{% endmacro %}

{#- A condition as it reads, null where the column is. -#}
{% macro segment_plain_condition(column, kind, operator, value) %}
    {%- if operator == 'is_null' -%}
        {%- do return(adapter.quote(column) ~ ' is ' ~ ('' if value else 'not ') ~ 'null') -%}
    {%- elif operator in ('contains', 'starts_with') -%}
        {%- do return(segment_text_test(column, operator, value)) -%}
    {%- elif operator == 'within_days' -%}
        {%- do return(segment_age(column, kind) ~ ' between 0 and ' ~ (value - 1)) -%}
    {%- elif operator == 'older_than_days' -%}
        {%- do return(segment_age(column, kind) ~ ' >= ' ~ value) -%}
    {%- endif -%}
    {%- set values = value if operator in ('in', 'not_in', 'between') else [value] -%}
    {%- set is_by_day = kind == 'timestamp' and segment_is_whole_day(values[0]) -%}
    {%- set subject = segment_day(column, kind) if is_by_day else adapter.quote(column) -%}
    {%- set literals = [] -%}
    {%- for item in values -%}
        {%- do literals.append(segment_literal(item, 'date' if is_by_day else kind)) -%}
    {%- endfor -%}
    {%- if operator == 'between' -%}
        {%- do return(subject ~ ' between ' ~ literals[0] ~ ' and ' ~ literals[1]) -%}
    {%- elif operator in ('in', 'not_in') -%}
        {%- set word = ' in (' if operator == 'in' else ' not in (' -%}
        {%- do return(subject ~ word ~ literals | join(', ') ~ ')') -%}
    {%- endif -%}
    {%- set sign = {'eq': '=', 'ne': '<>', 'gt': '>', 'gte': '>=', 'lt': '<', 'lte': '<='}[operator] -%}
    {%- do return(subject ~ ' ' ~ sign ~ ' ' ~ literals[0]) -%}
{% endmacro %}

{#- What a value is compared with, as text. -#}
{% macro segment_threshold(value, operator) %}
    {%- if operator in ('in', 'not_in', 'between') -%}
        {%- do return(value | join(', ')) -%}
    {%- endif -%}
    {%- do return(value | string if value is not boolean else value | string | lower) -%}
{% endmacro %}

{#- A value as text: whole numbers without a point. -#}
{% macro segment_value_text(column, kind) %}
    {%- set text = dbt.type_string() -%}
    {%- if kind != 'number' -%}
        {%- do return('cast(' ~ column ~ ' as ' ~ text ~ ')') -%}
    {%- endif -%}
    {%- do return(
        'case when ' ~ column ~ ' = floor(' ~ column ~ ') and abs(' ~ column ~ ') < 1e15 then cast(cast('
        ~ column ~ ' as bigint) as ' ~ text ~ ') else cast(cast(' ~ column ~ ' as double) as ' ~ text ~ ') end'
    ) -%}
{% endmacro %}

{#- How a column moves from day to day if nothing happens: `fixed`; `clock`, one more each day; `falling` or
    `rising`, never the other way; `settled` once it has a value; `open` where it cannot be told. What is fitted is:
    the next run fits anew, also where nothing happens to the contact. -#}
{% macro segment_drift(column, dictionary) %}
    {%- if column in (var('custom_fields') or []) | map(attribute='name') -%}
        {%- do return('fixed') -%}
    {%- elif column in dictionary['fitted'] -%}
        {%- do return('open') -%}
    {%- elif column.startswith('days_since_') or column in ('tenure_days', 'days_inactive') -%}
        {%- do return('clock') -%}
    {%- elif column in (
        'engagement_points', 'open_frequency_component', 'clicks_component'
    ) or modules.re.fullmatch('(?!revenue).*_[0-9]+d', column) -%}
        {%- do return('falling') -%}
    {%- elif column in ('age', 'is_inactive', 'is_past_legal_max') -%}
        {%- do return('rising') -%}
    {%- elif column == 'inactive_since' -%}
        {%- do return('settled') -%}
    {%- elif column in (
        'contact_id', 'first_seen_at', 'gender', 'country_code', 'region', 'region_group', 'city',
        'language', 'timezone', 'profession', 'sector', 'preferences', 'social_influence_score',
        'source_count', 'email_tracking_allowed', 'is_mailable', 'blocking_cause',
        'sends_lifetime', 'orders_lifetime', 'revenue_lifetime', 'average_order_value',
        'first_order_at', 'last_order_at', 'engagement_days_lifetime',
        'median_days_between_engagements', 'median_days_between_orders',
        'sends_since_last_engagement', 'inactivity_policy', 'deciding_signal'
    ) -%}
        {%- do return('fixed') -%}
    {%- endif -%}
    {%- do return('open') -%}
{% endmacro %}

{#- Counts of a window fall as days leave it; counts of all time stay. -#}
{% macro segment_event_drift(leaf) %}
    {%- do return('fixed' if leaf.get('within_days') is none else 'falling') -%}
{% endmacro %}

{#- When the answers of the days to come are known: `always` (flips at dates that can be told, or never), when the
    answer is `true` or `false` now (it then stays, as a missing value does), when a value is `present`, `never`. -#}
{% macro segment_foreseen_when(drift, operator, value) %}
    {%- if drift in ('fixed', 'clock') -%}
        {%- do return('always') -%}
    {%- elif drift == 'settled' -%}
        {%- do return('present') -%}
    {%- elif drift == 'open' -%}
        {%- do return('never') -%}
    {%- elif operator == 'is_null' -%}
        {%- do return('always') -%}
    {%- elif value is boolean -%}
        {#- as a number, true is above false -#}
        {%- set is_above = value == (operator == 'eq') -%}
    {%- elif operator in ('gt', 'gte', 'lt', 'lte') -%}
        {%- set is_above = operator in ('gt', 'gte') -%}
    {%- else -%}
        {%- do return('never') -%}
    {%- endif -%}
    {%- do return('true' if is_above == (drift == 'rising') else 'false') -%}
{% endmacro %}

{#- The numbers of days at which the answer turns as they grow one by one, in their order. What lies a century
    ahead never comes. -#}
{% macro segment_turns(value, operator) %}
    {%- set found = [] -%}
    {%- if operator in ('gt', 'lte') -%}
        {%- do found.append(value // 1 + 1) -%}
    {%- elif operator in ('gte', 'lt') -%}
        {%- do found.append(-(-value // 1)) -%}
    {%- elif operator == 'older_than_days' -%}
        {%- do found.append(value) -%}
    {%- elif operator == 'within_days' -%}
        {%- do found.extend([0, value]) -%}
    {%- elif operator == 'between' -%}
        {%- if -(-value[0] // 1) <= value[1] // 1 -%}
            {%- do found.extend([-(-value[0] // 1), value[1] // 1 + 1]) -%}
        {%- endif -%}
    {%- elif operator != 'is_null' -%}
        {#- whole numbers alone are ever met; two neighbours are one stretch -#}
        {%- for item in (value if operator in ('in', 'not_in') else [value]) | unique if item == item // 1 -%}
            {%- for turn in (item, item + 1) -%}
                {%- do (found.remove(turn) if turn in found else found.append(turn)) -%}
            {%- endfor -%}
        {%- endfor -%}
    {%- endif -%}
    {%- set turns = [] -%}
    {%- for turn in found | sort if turn < 36525 -%}
        {%- do turns.append(turn | int) -%}
    {%- endfor -%}
    {%- do return(turns) -%}
{% endmacro %}

{#- The dates of the turns that lie ahead, as text with commas between, null when there is none. `days` is the
    SQL of their number now. -#}
{% macro segment_turn_dates(days, turns) %}
    {%- set branches = [] -%}
    {%- for turn in turns -%}
        {%- set dates = [] -%}
        {%- for later in turns[loop.index0:] -%}
            {%- do dates.append(
                'cast(' ~ days_after('explained.as_of_date', later ~ ' - ' ~ days) ~ ' as ' ~ dbt.type_string() ~ ')'
            ) -%}
        {%- endfor -%}
        {%- do branches.append(
            'when ' ~ days ~ ' < ' ~ turn ~ ' then ' ~ dates | join(" || ',' || ")
        ) -%}
    {%- endfor -%}
    {%- do return('case ' ~ branches | join(' ') ~ ' end') -%}
{% endmacro %}
