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


{#- The UTC timestamp at which a day of var('timezone') is over. -#}
{% macro end_of_day(day) -%}
    {{ local_to_utc('cast(' ~ days_after(day, 1) ~ ' as timestamp)', var('timezone')) }}
{%- endmacro %}
