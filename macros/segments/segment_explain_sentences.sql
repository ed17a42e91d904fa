{#- Leaves in the words of a marketer, English (`en`) and French (`fr`). -#}

{#- `revenue in the last 365 days is more than 500 EUR`. -#}
{% macro segment_leaf_sentence(leaf, words, kind, operator, language) %}
    {%- set value = leaf[operator] -%}
    {%- set phrase = words[language] -%}
    {%- set own = words.get('is') -%}
    {%- if operator == 'is_null' -%}
        {%- if 'null' in words -%}
            {%- do return(words['null'][language][0 if value else 1]) -%}
        {%- endif -%}
        {%- set template = {
            'en': ['{} is not known', '{} is known'], 'fr': ['on ignore {}', 'on connaît {}'],
        }[language][0 if value else 1] -%}
        {%- do return(template.format(phrase)) -%}
    {%- elif own is not none and value is boolean -%}
        {%- set sentence = own[language][0 if value == (operator == 'eq') else 1] -%}
    {%- else -%}
        {%- set family = 'day' if kind in ('date', 'timestamp') else kind -%}
        {%- set template = segment_operator_words(operator, family, value)[language] -%}
        {%- if operator in ('within_days', 'older_than_days') -%}
            {%- set shown = [segment_number_words(value, language)] -%}
        {%- else -%}
            {%- set values = value if operator in ('in', 'not_in', 'between') else [value] -%}
            {%- set shown = [] -%}
            {%- for item in values -%}
                {%- do shown.append(segment_value_words(item, kind, language)) -%}
            {%- endfor -%}
            {%- set unit = segment_unit_words(words.get('unit'), values | last, language) -%}
            {%- set shown = shown if operator == 'between' else [shown | join(', ')] -%}
            {%- do shown.append(shown.pop() ~ unit) -%}
        {%- endif -%}
        {%- set sentence = phrase ~ ' ' ~ template.format(*shown) -%}
    {%- endif -%}
    {%- if leaf.get('missing') -%}
        {%- set sentence = sentence ~ {'en': ' (or it is not known)', 'fr': " (ou on l'ignore)"}[language] -%}
    {%- endif -%}
    {%- do return(sentence) -%}
{% endmacro %}

{% macro segment_sql_sentence(leaf, language) %}
    {%- set sentence = {'en': 'SQL: ', 'fr': 'SQL : '}[language] ~ leaf['sql'] | trim -%}
    {%- if leaf.get('missing') -%}
        {%- set sentence = sentence ~ {'en': ' (or it is not known)', 'fr': " (ou on l'ignore)"}[language] -%}
    {%- endif -%}
    {%- do return(sentence) -%}
{% endmacro %}

{#- What decides beside fields: membership of the segment of `rule`, and its place among siblings. -#}
{% macro segment_membership_sentence(kind, rule, language) %}
    {%- set label = segment_label(rule, language) -%}
    {%- set template = {
        'segment': {'en': 'is in “{}”', 'fr': 'est dans « {} »'},
        'parent': {'en': 'must be in “{}”', 'fr': 'doit être dans « {} »'},
        'earlier_sibling': {
            'en': 'is not taken by “{}”, which is tried first',
            'fr': "n'est pas dans « {} », essayé avant",
        },
        'otherwise': {
            'en': 'takes all whom its siblings leave', 'fr': 'prend tous ceux que ses voisins laissent',
        },
    }[kind][language] -%}
    {%- do return(template.format(label)) -%}
{% endmacro %}

{#- The part of the sentence after the subject. -#}
{% macro segment_operator_words(operator, family, value) %}
    {%- set is_one = operator in ('in', 'not_in') and value | length == 1 -%}
    {%- if operator == 'eq' or (operator == 'in' and is_one) -%}
        {%- do return({'en': 'is {}', 'fr': 'est le {}' if family == 'day' else 'est {}'}) -%}
    {%- elif operator == 'ne' or (operator == 'not_in' and is_one) -%}
        {%- do return({'en': 'is not {}', 'fr': "n'est pas le {}" if family == 'day' else "n'est pas {}"}) -%}
    {%- elif family == 'day' and operator in ('gt', 'gte', 'lt', 'lte', 'between') -%}
        {%- do return({
            'gt': {'en': 'is after {}', 'fr': 'est après le {}'},
            'gte': {'en': 'is on or after {}', 'fr': 'est le {} ou après'},
            'lt': {'en': 'is before {}', 'fr': 'est avant le {}'},
            'lte': {'en': 'is on or before {}', 'fr': 'est le {} ou avant'},
            'between': {'en': 'is from {} to {}', 'fr': 'va du {} au {}'},
        }[operator]) -%}
    {%- endif -%}
    {%- do return({
        'gt': {'en': 'is more than {}', 'fr': 'dépasse {}'},
        'gte': {'en': 'is at least {}', 'fr': "est d'au moins {}"},
        'lt': {'en': 'is less than {}', 'fr': 'est de moins de {}'},
        'lte': {'en': 'is at most {}', 'fr': "est d'au plus {}"},
        'between': {'en': 'is between {} and {}', 'fr': 'est entre {} et {}'},
        'in': {'en': 'is one of {}', 'fr': 'est parmi {}'},
        'not_in': {'en': 'is none of {}', 'fr': "n'est pas parmi {}"},
        'contains': {'en': 'contains {}', 'fr': 'contient {}'},
        'starts_with': {'en': 'starts with {}', 'fr': 'commence par {}'},
        'within_days': {
            'en': 'is today' if value == 1 else 'is in the last {} days',
            'fr': "est aujourd'hui" if value == 1 else 'est dans les {} derniers jours',
        },
        'older_than_days': {
            'en': 'is before today' if value == 1 else 'is before the last {} days',
            'fr': "est avant aujourd'hui" if value == 1 else 'est avant les {} derniers jours',
        },
    }[operator]) -%}
{% endmacro %}

{#- A value as people write it. -#}
{% macro segment_value_words(value, kind, language) %}
    {%- if kind == 'number' -%}
        {%- do return(segment_number_words(value, language)) -%}
    {%- elif kind in ('date', 'timestamp') -%}
        {%- do return(segment_day_words(value | string, language)) -%}
    {%- elif kind == 'boolean' -%}
        {%- do return({'en': ['yes', 'no'], 'fr': ['oui', 'non']}[language][0 if value else 1]) -%}
    {%- endif -%}
    {%- do return({'en': '“{}”', 'fr': '« {} »'}[language].format(value)) -%}
{% endmacro %}

{#- 12,500.5 and 12 500,5; the space does not break a line. -#}
{% macro segment_number_words(value, language) %}
    {%- set whole = value == value // 1 -%}
    {%- set text = '{:,}'.format(value | int if whole else value) -%}
    {%- if language == 'fr' -%}
        {%- set text = text.replace(',', '\u00a0').replace('.', ',') -%}
    {%- endif -%}
    {%- do return(text) -%}
{% endmacro %}

{#- 31 March 2026 and 31 mars 2026, with the time where there is one. -#}
{% macro segment_day_words(text, language) %}
    {%- set months = {
        'en': 'January February March April May June July August September October November December',
        'fr': 'janvier février mars avril mai juin juillet août septembre octobre novembre décembre',
    }[language].split(' ') -%}
    {%- set day = text[8:10] | int -%}
    {%- set clock = text[11:].replace('Z', '') -%}
    {%- do return(
        ('1er' if language == 'fr' and day == 1 else day | string) ~ ' ' ~ months[text[5:7] | int - 1]
        ~ ' ' ~ text[:4] ~ (' ' ~ clock ~ ' UTC' if clock else '')
    ) -%}
{% endmacro %}

{#- The unit after a number, in the singular where it belongs. -#}
{% macro segment_unit_words(unit, value, language) %}
    {%- if unit is none -%}
        {%- do return('') -%}
    {%- elif unit == 'currency' -%}
        {%- do return(' ' ~ var('currency')) -%}
    {%- endif -%}
    {%- set words = {
        'days': {'en': ['day', 'days'], 'fr': ['jour', 'jours']},
        'years': {'en': ['year', 'years'], 'fr': ['an', 'ans']},
        'seconds': {'en': ['second', 'seconds'], 'fr': ['seconde', 'secondes']},
    }[unit][language] -%}
    {%- set is_one = value == 1 if language == 'en' else -2 < value < 2 -%}
    {%- do return(' ' ~ words[0 if is_one else 1]) -%}
{% endmacro %}
