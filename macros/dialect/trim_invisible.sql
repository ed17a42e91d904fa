{#- Both ends without white space, no-break spaces, zero-width characters and the byte order mark. -#}
{% macro trim_invisible(column) -%}
    {{ return(adapter.dispatch('trim_invisible', 'winback')(column)) }}
{%- endmacro %}

{% macro default__trim_invisible(column) -%}
    (btrim(
        {{ column }},
        ' \t\n\r\u00a0\u200b\u200c\u200d\u2007\u202f\u2060\u3000\ufeff'
    ))
{%- endmacro %}

{% macro duckdb__trim_invisible(column) -%}
    (trim(
        {{ column }},
        e' \t\n\r' || chr(160) || chr(8203) || chr(8204) || chr(8205) || chr(8199)
        || chr(8239) || chr(8288) || chr(12288) || chr(65279)
    ))
{%- endmacro %}
