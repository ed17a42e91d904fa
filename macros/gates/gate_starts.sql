{#- Tells a gate what dbt shows no Python model: when the run started, where its target folder is,
    the date it looks at where the user chose it, and the settings its figures depend on. Of as_of only
    the kind is a setting: figures of one date are compared with those of an earlier one. A DuckDB
    variable lives as long as the connection. -#}
{% macro gate_starts() -%}
    {%- set as_of = var('as_of') | string -%}
    {%- set is_date = as_of not in ('now', 'latest') -%}
    {%- set settings = [
        'date' if is_date else as_of,
        var('systems') | join(','),
        var('timezone'),
        var('currency'),
        var('sector'),
        var('inactivity_policy'),
        var('score_window_days'),
    ] -%}
    {%- set target_path = invocation_args_dict.get('target_path') or env_var('DBT_TARGET_PATH', '')
        or 'target' -%}
    set variable winback_gate = {
        evaluated_at: timestamp '{{ run_started_at.strftime("%Y-%m-%d %H:%M:%S.%f") }}',
        as_of_date: cast({{ "'" ~ as_of ~ "'" if is_date else 'null' }} as date),
        target: '{{ target_path | replace("'", "''") }}',
        settings: '{{ local_md5(settings | join("|")) }}'
    }
{%- endmacro %}
