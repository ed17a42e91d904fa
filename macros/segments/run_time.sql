{#- When this run began, in UTC: the one time of everything it logs, as of the gates' results. -#}
{% macro run_time() -%}
    cast('{{ run_started_at.strftime("%Y-%m-%d %H:%M:%S.%f") }}' as timestamp)
{%- endmacro %}

{#- What dbt's snapshots take as the time of a change: all of one run in place of the clock. -#}
{% macro default__snapshot_get_time() -%}
    {{ run_time() }}
{%- endmacro %}
