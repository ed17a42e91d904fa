{#- Stops a run on a database that was never loaded: an empty warehouse built without a word
    looks like a company without contacts. -#}
{% macro check_landing_loaded() %}
    {%- if execute and flags.WHICH in ('run', 'build', 'test', 'seed', 'snapshot') -%}
        {%- set found = run_query(
            "select count(*) as files from information_schema.tables"
            ~ " where table_schema = 'raw' and table_name = 'landing_files'"
        ) -%}
        {%- if found.columns[0].values()[0] == 0 -%}
            {{ exceptions.raise_compiler_error(
                "This database holds no exports yet: run `winback load` first"
                ~ " (or `winback run`, which loads and builds)."
            ) }}
        {%- endif -%}
    {%- endif -%}
{% endmacro %}
