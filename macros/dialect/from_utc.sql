{#- A UTC timestamp without zone as wall-clock time in `zone`. -#}
{% macro from_utc(column, zone) -%}
    {{ return(adapter.dispatch('from_utc', 'winback')(column, zone)) }}
{%- endmacro %}

{% macro default__from_utc(column, zone) -%}
    (from_utc_timestamp({{ column }}, '{{ zone }}'))
{%- endmacro %}

{% macro duckdb__from_utc(column, zone) -%}
    (({{ column }} at time zone 'UTC') at time zone '{{ zone }}')
{%- endmacro %}
