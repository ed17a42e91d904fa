{#- The keys of a leaf that are operators. The windows of event leaves are no operators. -#}
{% macro segment_leaf_operators(leaf, subject) %}
    {%- set found = [] -%}
    {%- set operators = segment_operators() -%}
    {%- for key in leaf if key in operators
        and not (subject == 'event' and key == 'within_days') -%}
        {%- do found.append(key) -%}
    {%- endfor -%}
    {%- do return(found) -%}
{% endmacro %}

{#- The day of a date or time, in var timezone. -#}
{% macro segment_day(column, kind) %}
    {%- set subject = adapter.quote(column) -%}
    {%- do return(local_date(subject) if kind == 'timestamp' else subject) -%}
{% endmacro %}

{#- Days from the day of a date or time to the as_of_date: 0 on the date itself, negative after it. -#}
{% macro segment_age(column, kind) %}
    {%- do return(days_between('(' ~ segment_day(column, kind) ~ ')', 'as_of_date')) -%}
{% endmacro %}

{#- Whether a text contains or starts with another, null when it is null. -#}
{% macro segment_text_test(column, operator, value) %}
    {%- set subject = adapter.quote(column) -%}
    {%- if operator == 'contains' -%}
        {%- do return('position(' ~ quoted_text(value) ~ ' in ' ~ subject ~ ') > 0') -%}
    {%- endif -%}
    {%- do return('left(' ~ subject ~ ', ' ~ (value | length) ~ ') = ' ~ quoted_text(value)) -%}
{% endmacro %}
