{#- A UTC timestamp as wall-clock time in var('timezone'); the zone is left out where it changes nothing. -#}
{% macro local_time(column) -%}
    {%- if var('timezone') | upper in ('UTC', 'GMT', 'ETC/UTC') -%}
        {{ column }}
    {%- else -%}
        {{ from_utc(column, var('timezone')) }}
    {%- endif -%}
{%- endmacro %}


{#- The day of a UTC timestamp in var('timezone'): the only definition of activity_date. -#}
{% macro local_date(column) -%}
    cast({{ local_time(column) }} as date)
{%- endmacro %}
