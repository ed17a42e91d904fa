{#- A wall-clock timestamp of an IANA zone to UTC. -#}
{% macro local_to_utc(local_timestamp, zone) -%}
    {{ return(adapter.dispatch('local_to_utc', 'winback')(local_timestamp, zone)) }}
{%- endmacro %}

{% macro default__local_to_utc(local_timestamp, zone) -%}
    (to_utc_timestamp({{ local_timestamp }}, '{{ zone }}'))
{%- endmacro %}

{% macro duckdb__local_to_utc(local_timestamp, zone) -%}
    (timezone('UTC', timezone('{{ zone }}', {{ local_timestamp }})))
{%- endmacro %}
