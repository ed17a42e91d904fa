{#- Order-independent digest of a group of rows: the sum of their hashes, as text. A sum and not an
    exclusive or, under which two identical rows would cancel out. -#}
{% macro fingerprint_sum(columns) -%}
    {{ return(adapter.dispatch('fingerprint_sum', 'winback')(columns)) }}
{%- endmacro %}

{% macro default__fingerprint_sum(columns) -%}
    (cast(sum(cast({{ row_hash(columns) }} as decimal(38, 0))) as string))
{%- endmacro %}

{% macro duckdb__fingerprint_sum(columns) -%}
    (cast(sum(cast({{ row_hash(columns) }} as hugeint)) as varchar))
{%- endmacro %}
