{#- Whole seconds, milliseconds or microseconds since 1970-01-01 UTC to a timestamp. -#}
{% macro epoch_to_timestamp(number, unit) -%}
    {{ return(adapter.dispatch('epoch_to_timestamp', 'winback')(number, unit)) }}
{%- endmacro %}

{% macro default__epoch_to_timestamp(number, unit) -%}
    (cast(timestamp_{{ unit }}({{ number }}) as timestamp))
{%- endmacro %}

{% macro duckdb__epoch_to_timestamp(number, unit) -%}
    {%- set scale = {'seconds': 1000000, 'millis': 1000, 'micros': 1}[unit] -%}
    (make_timestamp({{ number }}{{ ' * ' ~ scale if scale > 1 }}))
{%- endmacro %}
