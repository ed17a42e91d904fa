{#- Seconds since 1970-01-01 UTC of a timestamp, whole. -#}
{% macro epoch_seconds(column) -%}
    {{ return(adapter.dispatch('epoch_seconds', 'winback')(column)) }}
{%- endmacro %}

{% macro default__epoch_seconds(column) -%}
    (unix_timestamp({{ column }}))
{%- endmacro %}

{% macro duckdb__epoch_seconds(column) -%}
    (cast(floor(epoch({{ column }})) as bigint))
{%- endmacro %}
