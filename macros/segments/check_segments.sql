{#- Stops a run at its start where the models of segments are not what the rules come to. -#}
{% macro check_segments() %}
    {%- if execute and flags.WHICH in ('run', 'build', 'test', 'compile') -%}
        {%- set stale = stale_segments() -%}
        {%- if stale -%}
            {%- do exceptions.raise_compiler_error(
                'The models of segments are not what the rules in segments/ come to ('
                ~ stale[:5] | join(', ') ~ (', …' if stale | length > 5 else '')
                ~ ' changed since). Run `winback segments compile`; then run dbt again.'
            ) -%}
        {%- endif -%}
    {%- endif -%}
{% endmacro %}

{#- The files that changed since `winback segments compile`: rules, or what it wrote of them. Where an engine cannot
    read files, only `winback` and CI compare them. -#}
{% macro stale_segments() %}
    {%- do return(adapter.dispatch('stale_segments', 'winback')()) -%}
{% endmacro %}

{% macro default__stale_segments() %}
    {%- do return([]) -%}
{% endmacro %}

{#- segment_flags.sql begins with a line per file (its path, its digest) and one for what is below them. -#}
{% macro duckdb__stale_segments() %}
    {%- set folder = invocation_args_dict['project_dir'] | string -%}
    {%- set patterns = [
        'segments/*.yml', 'models/intermediate/segmentation/*', 'models/marts/segmentation/*',
    ] -%}
    {%- set globs = [] -%}
    {%- for pattern in patterns -%}
        {%- do globs.append(quoted_text(folder ~ '/' ~ pattern)) -%}
    {%- endfor -%}
    {%- set found = run_query("
        with files as (
            select
                replace(filename, " ~ quoted_text(folder ~ '/') ~ ", '') as path,
                replace(content, chr(13) || chr(10), chr(10)) as content
            from read_text([" ~ globs | join(', ') ~ "])
        ),

        flags as (
            select
                path,
                regexp_extract(content, '-- below ([0-9a-f]{32})', 1) as digest,
                md5(substr(content, strpos(content, '-- below ') + 42)) as digest_now,
                regexp_extract_all(content, '-- (\\S+) +[0-9a-f]{32}\\n', 1) as paths,
                regexp_extract_all(content, '-- \\S+ +([0-9a-f]{32})\\n', 1) as digests
            from files
            where path = 'models/intermediate/segmentation/segment_flags.sql'
        ),

        listed as (
            select
                unnest(paths) as path,
                unnest(digests) as digest
            from flags
        )

        select coalesce(listed.path, files.path) as path
        from listed
        full outer join files on listed.path = files.path
        where
            listed.path <> 'below' and listed.digest is distinct from md5(files.content)
            or listed.path is null and files.path like 'segments/%'
        union all
        select path from flags where digest <> digest_now
        order by path
    ") -%}
    {%- do return(found.columns[0].values() | list) -%}
{% endmacro %}
