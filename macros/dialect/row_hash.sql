{#- A fast 64-bit hash of several columns, nulls included. Only for use inside one query: its value
    may change with the engine's version, so it is never stored. -#}
{% macro row_hash(columns) -%}
    {{ return(adapter.dispatch('row_hash', 'winback')(columns)) }}
{%- endmacro %}

{% macro default__row_hash(columns) -%}
    {#- xxhash64 skips nulls, so that (a, null) and (null, a) would be one -#}
    {%- set present = [] -%}
    {%- for column in columns -%}
        {%- do present.append("coalesce(cast(" ~ column ~ " as string), '\\u0000')") -%}
    {%- endfor -%}
    (xxhash64({{ present | join(', ') }}))
{%- endmacro %}

{% macro duckdb__row_hash(columns) -%}
    (hash({{ columns | join(', ') }}))
{%- endmacro %}
