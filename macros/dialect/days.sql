{#- Whole days from one date to a later one. -#}
{% macro days_between(earlier, later) -%}
    {{ return(adapter.dispatch('days_between', 'winback')(earlier, later)) }}
{%- endmacro %}

{% macro default__days_between(earlier, later) -%}
    (datediff({{ later }}, {{ earlier }}))
{%- endmacro %}

{% macro duckdb__days_between(earlier, later) -%}
    (cast({{ later }} - {{ earlier }} as integer))
{%- endmacro %}


{#- The date a number of whole days later. -#}
{% macro days_after(day, days) -%}
    {{ return(adapter.dispatch('days_after', 'winback')(day, days)) }}
{%- endmacro %}

{% macro default__days_after(day, days) -%}
    (date_add({{ day }}, cast({{ days }} as int)))
{%- endmacro %}

{% macro duckdb__days_after(day, days) -%}
    ({{ day }} + cast({{ days }} as integer))
{%- endmacro %}
