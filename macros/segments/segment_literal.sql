{#- Values become literals of the field's kind here and nowhere else, after segment_value_problem()
    found nothing wrong with them: a rule has no way to write SQL. -#}
{% macro segment_literal(value, kind) %}
    {%- if kind == 'text' -%}
        {%- do return(quoted_text(value)) -%}
    {%- elif kind == 'boolean' -%}
        {%- do return('true' if value else 'false') -%}
    {%- elif kind == 'date' -%}
        {%- do return("cast('" ~ (value | string) ~ "' as date)") -%}
    {%- elif kind == 'timestamp' -%}
        {%- set plain = (value | string).replace('T', ' ').replace('Z', '') -%}
        {%- do return("cast('" ~ plain ~ "' as timestamp)") -%}
    {%- endif -%}
    {%- do return(value | string) -%}
{% endmacro %}

{#- What is wrong with a value for a field of this kind; none when it fits. -#}
{% macro segment_value_problem(value, kind) %}
    {%- set shown = segment_shown(value) -%}
    {%- if kind == 'text' -%}
        {%- if value is boolean -%}
            {%- do return(
                'text expected, found ' ~ shown ~ ' (YAML reads a bare yes, no, on and off as true'
                ~ ' and false: write it in quotes)'
            ) -%}
        {%- elif value is not string -%}
            {%- do return('text expected, found ' ~ shown ~ ' (write it in quotes)') -%}
        {%- endif -%}
    {%- elif kind == 'number' -%}
        {%- if value is boolean or value is not number or (value | string) in ('inf', '-inf', 'nan') -%}
            {%- do return('a number expected, found ' ~ shown) -%}
        {%- endif -%}
    {%- elif kind == 'boolean' -%}
        {%- if value is not boolean -%}
            {%- do return('true or false expected, found ' ~ shown) -%}
        {%- endif -%}
    {%- elif kind == 'date' -%}
        {%- if not segment_is_day(value | string) -%}
            {%- do return('a day as YYYY-MM-DD expected, found ' ~ shown) -%}
        {%- endif -%}
    {%- elif kind == 'timestamp' -%}
        {%- set parts = (value | string).replace('T', ' ').split(' ') -%}
        {%- set clock = modules.re.fullmatch(
            '([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?Z?', parts[1] if parts | length == 2 else ''
        ) -%}
        {%- if not segment_is_day(parts[0]) or parts | length > 2
            or (parts | length == 2 and not clock) -%}
            {%- do return(
                'a day as YYYY-MM-DD or a UTC time as YYYY-MM-DD HH:MM:SS expected, found ' ~ shown
            ) -%}
        {%- endif -%}
    {%- endif -%}
    {%- do return(none) -%}
{% endmacro %}

{#- Whether a text is a day of the calendar, written YYYY-MM-DD. -#}
{% macro segment_is_day(text) %}
    {%- if not modules.re.fullmatch('[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])', text) -%}
        {%- do return(false) -%}
    {%- endif -%}
    {%- set year, month, day = text[:4] | int, text[5:7] | int, text[8:] | int -%}
    {%- set is_leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0) -%}
    {%- if month == 2 -%}
        {%- do return(day <= (29 if is_leap else 28)) -%}
    {%- endif -%}
    {%- do return(day <= 30 or month not in (4, 6, 9, 11)) -%}
{% endmacro %}

{#- Whether a value of a timestamp rule names a whole day rather than a moment. -#}
{% macro segment_is_whole_day(value) %}
    {%- do return((value | string) | length == 10) -%}
{% endmacro %}

{#- A value as a message shows it. -#}
{% macro segment_shown(value) %}
    {%- if value is none -%}
        {%- do return('nothing') -%}
    {%- elif value is string -%}
        {%- do return("'" ~ value ~ "'") -%}
    {%- elif value is boolean -%}
        {%- do return('true' if value else 'false') -%}
    {%- elif value is mapping -%}
        {%- do return('a mapping with ' ~ ((value.keys() | list | join(', ')) or 'no key')) -%}
    {%- elif value is iterable -%}
        {%- do return('a list of ' ~ (value | length)) -%}
    {%- endif -%}
    {%- do return(value | string) -%}
{% endmacro %}
