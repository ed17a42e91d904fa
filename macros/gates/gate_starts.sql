{#- Tells a gate what dbt shows no Python model: when the run started, where its target folder is,
    and the settings its figures depend on. A DuckDB variable lives as long as the connection. -#}
{% macro gate_starts() -%}
    {%- set settings = [
        var('as_of'),
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
        target: '{{ target_path | replace("'", "''") }}',
        settings: '{{ local_md5(settings | join("|")) }}'
    }
{%- endmacro %}
