{#- The key of a line: hash of system, entity, account, its natural columns and, where given, the
    occurrence number of identical lines within their file. Overlapping exports give the same key again, two
    identical lines inside one file give two.

    entity: '<system>.<entity>'; columns: SQL expressions; occurrence: a column that is null or 1 for the
    first of identical lines (from repeated_lines), or none where the columns hold the source's own id. -#}
{% macro line_key(entity, columns, occurrence=none, account='_source_relation') -%}
    {%- set parts = ["'" ~ entity ~ "'", account] -%}
    {%- for column in columns -%}
        {#- concat_ws skips nulls: without the coalesce (a, null) and (null, a) were one key -#}
        {%- do parts.append("coalesce(cast(" ~ column ~ " as " ~ dbt.type_string() ~ "), '')") -%}
    {%- endfor -%}
    {%- if occurrence -%}
        {%- do parts.append(
            "case when " ~ occurrence ~ " > 1 then '#' || cast("
            ~ occurrence ~ " as " ~ dbt.type_string() ~ ") end"
        ) -%}
    {%- endif -%}
    {{ text_md5("concat_ws(chr(31), " ~ parts | join(', ') ~ ")") }}
{%- endmacro %}


{#- Body of a CTE: _source_file, _line_number, occurrence (1, 2, …) of the lines that occur more than
    once in their own file, and of no others. Ranking every line would sort the whole export; so hashes
    that occur twice are found first, and only their lines are ranked.

    relation: name of the CTE with the raw lines; columns: natural columns as expressions over it;
    where: optional condition, e.g. only lines without an id of their own. -#}
{% macro repeated_lines(relation, columns, where=none) %}
    select
        candidates._source_file,
        candidates._line_number,
        row_number() over (
            partition by candidates._source_file, {{ columns | join(', ') }}
            order by candidates._line_number
        ) as occurrence
    from {{ relation }} as candidates
    inner join (
        select {{ row_hash(['_source_file'] + columns) }} as repeated_hash
        from {{ relation }}
        {%- if where %}
        where {{ where }}
        {%- endif %}
        group by 1
        having count(*) > 1
    ) as repeated
        on {{ row_hash(['_source_file'] + columns) }} = repeated.repeated_hash
    {%- if where %}
    where {{ where }}
    {%- endif %}
{% endmacro %}


{#- A timestamp as text for line_key: the same instant gives the same text however it was spelt. The
    usual spelling is that text already and is taken as it is, which saves the formatting. -#}
{% macro timestamp_key(raw, parsed) -%}
    (case
        when {{ raw }} like '____-__-__ __:__:__' and {{ parsed }} is not null then {{ raw }}
        else cast({{ parsed }} as {{ dbt.type_string() }})
    end)
{%- endmacro %}
