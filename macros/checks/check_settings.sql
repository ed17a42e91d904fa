{#- Stops a run whose settings cannot be meant: name, what was found, what was expected. -#}
{% macro check_settings() %}
    {%- if execute and flags.WHICH in ('run', 'build', 'test', 'seed', 'snapshot') -%}
        {%- do raise_settings_faults(settings_faults() + seeded_names_faults()) -%}
    {%- endif -%}
{% endmacro %}


{% macro raise_settings_faults(faults) %}
    {%- if faults -%}
        {{ exceptions.raise_compiler_error(
            "Settings (vars of dbt_project.yml or --vars) that cannot be used:\n  "
            ~ faults | join("\n  ")
        ) }}
    {%- endif -%}
{% endmacro %}


{#- For `dbt run-operation validate_settings`: prints the faults of the vars it is given. -#}
{% macro validate_settings() %}
    {{ print(tojson(settings_faults())) }}
{% endmacro %}


{#- The faults as a list of sentences, empty when all is well. -#}
{% macro settings_faults() %}
    {%- set faults = [] -%}

    {%- set as_of = var('as_of', none) | string | trim -%}
    {%- if as_of not in ('now', 'latest') and not is_calendar_date(as_of) -%}
        {%- do faults.append(setting_fault(
            'as_of', as_of, "a date such as 2026-06-30, `now` or `latest`"
        )) -%}
    {%- endif -%}

    {%- set history_months = var('history_months', none) -%}
    {%- if not is_whole_number(history_months) or (history_months | int) < 0 -%}
        {%- do faults.append(setting_fault(
            'history_months', history_months, "a whole number, 0 or more"
        )) -%}
    {%- endif -%}

    {%- set score_window_days = var('score_window_days', none) -%}
    {%- if not is_whole_number(score_window_days) or (score_window_days | int) < 1 -%}
        {%- do faults.append(setting_fault(
            'score_window_days', score_window_days, "a whole number of days, 1 or more"
        )) -%}
    {%- endif -%}

    {%- for name in ['identity_max_records', 'identity_max_addresses', 'identity_max_names'] -%}
        {%- set limit = var(name, none) -%}
        {%- if not is_whole_number(limit) or (limit | int) < 1 -%}
            {%- do faults.append(setting_fault(name, limit, "a whole number, 1 or more")) -%}
        {%- endif -%}
    {%- endfor -%}

    {%- set holdout_percent = var('holdout_percent', none) -%}
    {%- if not modules.re.fullmatch('[0-9]+([.][0-9]+)?', holdout_percent | string)
        or (holdout_percent | float) >= 100 -%}
        {%- do faults.append(setting_fault(
            'holdout_percent', holdout_percent, "a number from 0 to under 100"
        )) -%}
    {%- endif -%}

    {%- set experiment_pre_days = var('experiment_pre_days', none) -%}
    {%- if not is_whole_number(experiment_pre_days) or (experiment_pre_days | int) < 1 -%}
        {%- do faults.append(setting_fault(
            'experiment_pre_days', experiment_pre_days, "a whole number of days, 1 or more"
        )) -%}
    {%- endif -%}

    {%- set currency = var('currency', none) | string -%}
    {%- if not modules.re.match('^[A-Z]{3}$', currency) -%}
        {%- do faults.append(setting_fault(
            'currency', currency, "a three-letter ISO 4217 code in capitals such as EUR"
        )) -%}
    {%- endif -%}

    {%- set known = var('system_entities', {}).keys() | list -%}
    {%- set systems = var('systems', none) -%}
    {%- if systems is string or systems is not iterable or not systems -%}
        {%- do faults.append(setting_fault(
            'systems', systems, "a list of systems, of " ~ known | join(', ')
        )) -%}
    {%- else -%}
        {%- for system in systems if system not in known -%}
            {%- do faults.append(setting_fault(
                'systems', system, "only systems this project reads: " ~ known | join(', ')
            )) -%}
        {%- endfor -%}
    {%- endif -%}

    {%- for name in ['accepted_files', 'accepted_dates'] -%}
        {%- set files = var(name, none) -%}
        {%- if files is string or files is mapping or files is not iterable -%}
            {%- do faults.append(setting_fault(
                name, files, "a list of files as quality__line_accounting names them"
            )) -%}
        {%- endif -%}
    {%- endfor -%}

    {%- set linked_system = (var('ga4', none) or {}).get('user_id_system') -%}
    {%- if linked_system and linked_system not in known -%}
        {%- do faults.append(setting_fault(
            'ga4: user_id_system', linked_system, "one of " ~ known | join(', ')
        )) -%}
    {%- endif -%}

    {%- for system, setting in [
        ('hubspot', 'marketing_subscriptions'), ('shopify', 'gift_card_names')
    ] -%}
        {%- set settings = var(system, none) -%}
        {%- set given = settings.get(setting) if settings is mapping else none -%}
        {%- if given is not none and (given is string or given is mapping or given is not iterable or not given) -%}
            {%- do faults.append(setting_fault(system ~ ': ' ~ setting, given, "a list of names")) -%}
        {%- endif -%}
    {%- endfor -%}

    {%- set zones = [('timezone', var('timezone', none))] -%}
    {%- set hubspot_zone = (var('hubspot', none) or {}).get('timezone') -%}
    {%- if systems is not string and systems is iterable and 'hubspot' in systems -%}
        {%- if hubspot_zone -%}
            {%- do zones.append(('hubspot: timezone', hubspot_zone)) -%}
        {%- elif raw_table_has_rows('hubspot__contacts') -%}
            {%- do faults.append(setting_fault(
                'hubspot: timezone', none,
                "the time zone of the HubSpot account, such as Europe/Paris (HubSpot: Settings > Account"
                ~ " defaults): its contact export writes local times, and there is no safe guess"
            )) -%}
        {%- endif -%}
    {%- endif -%}
    {%- set unknown_zones = zones_not_known(zones) -%}
    {%- for name, zone in zones if zone in unknown_zones -%}
        {%- do faults.append(setting_fault(name, zone, "an IANA time zone such as Europe/Paris")) -%}
    {%- endfor -%}

    {%- set known = ['lifetimes', 'clusters', 'propensity', 'segment_quality', 'uplift'] -%}
    {%- set fitted = var('fitted', none) -%}
    {%- if fitted is string or fitted is mapping or fitted is not iterable -%}
        {%- do faults.append(setting_fault('fitted', fitted, "a list, of " ~ known | join(', '))) -%}
    {%- else -%}
        {%- for name in fitted if name not in known -%}
            {%- do faults.append(setting_fault(
                'fitted', name, "only what this project fits: " ~ known | join(', ')
            )) -%}
        {%- endfor -%}
        {%- if 'clusters' in fitted -%}
            {%- do faults.extend(cluster_faults()) -%}
        {%- endif -%}
        {%- if 'propensity' in fitted -%}
            {%- do faults.extend(propensity_faults()) -%}
        {%- endif -%}
        {%- if 'segment_quality' in fitted -%}
            {%- do faults.extend(segment_quality_faults()) -%}
        {%- endif -%}
        {%- if 'uplift' in fitted -%}
            {%- do faults.extend(uplift_faults()) -%}
        {%- endif -%}
    {%- endif -%}

    {{ return(faults) }}
{% endmacro %}


{#- Settings that name a row of a seed (config: meta: named_by) and name none. A seed that this run loads
    is judged by its file, in check_seed; one that it does not load by what the table holds. -#}
{% macro seeded_names_faults() %}
    {%- set faults = [] -%}
    {%- for seed in graph.nodes.values() if seed.resource_type == 'seed'
        and seed.config.meta.get('named_by') and seed.unique_id not in selected_resources -%}
        {%- set relation = adapter.get_relation(
            database=seed.database, schema=seed.schema, identifier=seed.alias
        ) -%}
        {%- for setting, column in seed.config.meta.named_by.items() if relation is not none -%}
            {%- set held = run_query("select " ~ column ~ " from " ~ relation ~ " order by 1") -%}
            {%- do faults.extend(setting_name_faults(
                setting, held.columns[0].values() | list, seed.original_file_path
            )) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(faults) }}
{% endmacro %}


{#- One fault for each name in the setting, a name or a list of them, that is not in `known`. -#}
{% macro setting_name_faults(setting, known, file) %}
    {%- set faults = [] -%}
    {%- set value = var(setting, none) -%}
    {%- set names = [] if value is none else [value] if value is string or value is not iterable else value -%}
    {%- for name in names if name not in known -%}
        {%- do faults.append(setting_fault(
            setting, name, "one of " ~ file ~ ": " ~ known | join(', ')
        )) -%}
    {%- endfor -%}
    {{ return(faults) }}
{% endmacro %}


{% macro setting_fault(name, found, expected) -%}
    {%- set shown = 'nothing' if found in (none, '') else "`" ~ found ~ "`" -%}
    {{ return(name ~ ": found " ~ shown ~ ", expected " ~ expected ~ ".") }}
{%- endmacro %}


{#- Whole numbers as YAML or a command line give them: 12 or '12', not 12.5, not true. -#}
{% macro is_whole_number(value) -%}
    {{ return(value is not boolean and modules.re.match('^-?[0-9]+$', value | string) is not none) }}
{%- endmacro %}


{#- YYYY-MM-DD of a day that exists. -#}
{% macro is_calendar_date(value) -%}
    {%- set parts = modules.re.match('^([0-9]{4})-([0-9]{2})-([0-9]{2})$', value) -%}
    {%- if parts is none -%}
        {{ return(false) }}
    {%- endif -%}
    {%- set year, month, day = parts[1] | int, parts[2] | int, parts[3] | int -%}
    {%- if year < 1 or month < 1 or month > 12 or day < 1 or day > 31 -%}
        {{ return(false) }}
    {%- endif -%}
    {%- set first = modules.datetime.date(year, month, 1) -%}
    {{ return((first + modules.datetime.timedelta(days=day - 1)).month == month) }}
{%- endmacro %}


{% macro raw_table_has_rows(identifier) -%}
    {%- set relation = adapter.get_relation(
        database=target.database, schema='raw', identifier=identifier
    ) -%}
    {%- if relation is none -%}
        {{ return(false) }}
    {%- endif -%}
    {%- set found = run_query("select 1 as found from " ~ relation ~ " limit 1") -%}
    {{ return(found.rows | length > 0) }}
{%- endmacro %}


{#- The values of `zones`, a list of (name, zone), that are no IANA zone. -#}
{% macro zones_not_known(zones) -%}
    {%- set unknown = [] -%}
    {%- for name, zone in zones -%}
        {%- set listed = modules.pytz.all_timezones_set -%}
        {%- if zone is not string or zone not in listed -%}
            {%- do unknown.append(zone) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(unknown) }}
{%- endmacro %}
