{#- Text to a timestamp without zone by the first of the strftime formats that fits; null where none
    does. Nothing but these formats is tried. -#}
{% macro try_parse_timestamp(text, formats) -%}
    {{ return(adapter.dispatch('try_parse_timestamp', 'winback')(text, formats)) }}
{%- endmacro %}

{% macro default__try_parse_timestamp(text, formats) -%}
    {%- set attempts = [] -%}
    {%- for one_format in formats -%}
        {%- do attempts.append(
            "try_to_timestamp(" ~ text ~ ", '" ~ strftime_to_java(one_format) ~ "')"
        ) -%}
    {%- endfor -%}
    (cast(coalesce({{ attempts | join(', ') }}, null) as timestamp))
{%- endmacro %}

{% macro duckdb__try_parse_timestamp(text, formats) -%}
    (try_strptime({{ text }}, ['{{ formats | join("', '") }}']))
{%- endmacro %}


{#- The same for formats that end in an offset (%z): the instant, in UTC. -#}
{% macro try_parse_timestamp_offset(text, formats) -%}
    {{ return(adapter.dispatch('try_parse_timestamp_offset', 'winback')(text, formats)) }}
{%- endmacro %}

{% macro default__try_parse_timestamp_offset(text, formats) -%}
    {{ default__try_parse_timestamp(text, formats) }}
{%- endmacro %}

{% macro duckdb__try_parse_timestamp_offset(text, formats) -%}
    (timezone('UTC', try_strptime({{ text }}, ['{{ formats | join("', '") }}'])))
{%- endmacro %}


{#- strftime codes to the letters of java.time, for engines on the JVM. -#}
{% macro strftime_to_java(format) -%}
    {%- set codes = {
        '%Y': 'yyyy', '%m': 'MM', '%d': 'dd', '%H': 'HH', '%M': 'mm', '%S': 'ss', '%f': 'SSSSSS',
        '%z': 'xx', '%b': 'MMM', '%B': 'MMMM', '%y': 'yy', '%I': 'hh', '%p': 'a',
    } -%}
    {%- set java = namespace(text=format | replace('T', "\\'T\\'") | replace('Z', "\\'Z\\'")) -%}
    {%- for code, letters in codes.items() -%}
        {%- set java.text = java.text | replace(code, letters) -%}
    {%- endfor -%}
    {{ return(java.text) }}
{%- endmacro %}
