{#- A table of one slice per as_of_date, built one slice at a time: all dates in one query need the
    memory of all dates at once. A slice is built again only when what it is computed from changed.

    config `slices_from`: the relation with one row per (as_of_date, slice_fingerprint) that says
    which slices there must be: int_feature_slices, or a sliced table upstream; a list where several
    are read, the first of which has every date. The fingerprint kept with the rows adds the SQL of this
    model, the files of the models it reads and the macros these call, so a changed rule or a changed
    upstream slice rebuilds the slice here too. The model's SQL must ask slice_date() for its
    date. Slices are replaced in one transaction: a run killed half-way leaves the table as it was. -#}
{% materialization sliced, default, supported_languages=['sql'] %}
    {%- set target = this.incorporate(type='table') -%}
    {%- set existing = load_cached_relation(this) -%}
    {%- set slices_from = config.require('slices_from') -%}
    {%- set grant_config = config.get('grants') -%}

    {%- set parents = [] -%}
    {%- set macros = {} -%}
    {%- for parent in model.depends_on.nodes | sort if parent in graph.nodes -%}
        {%- do parents.append(graph.nodes[parent].checksum.checksum) -%}
        {%- do collect_macros(graph.nodes[parent].depends_on.macros, macros) -%}
    {%- endfor -%}
    {%- for name in macros | sort -%}
        {%- do parents.append(macros[name]) -%}
    {%- endfor -%}
    {%- set logic = local_md5(sql ~ parents | join('')) -%}

    {%- set wanted = {} -%}
    {%- set order = [] -%}
    {%- set upstream = {} -%}
    {%- for name in ([slices_from] if slices_from is string else slices_from) -%}
        {#- the newest first: the slice that creates the table is then the last to be empty -#}
        {%- for row in run_query(
            "select as_of_date, min(slice_fingerprint) as slice_fingerprint from "
            ~ ref(name) ~ " group by as_of_date order by as_of_date desc"
        ) -%}
            {%- do upstream.update({row[0] | string: upstream.get(row[0] | string, '') ~ row[1]}) -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- for slice, fingerprints in upstream.items() -%}
        {%- do wanted.update({slice: local_md5(fingerprints ~ logic)}) -%}
        {%- do order.append(slice) -%}
    {%- endfor -%}

    {%- set held = {} -%}
    {%- set is_reusable = existing is not none and existing.is_table and not should_full_refresh() -%}
    {%- if is_reusable -%}
        {%- set names = adapter.get_columns_in_relation(existing) | map(attribute='name') | list -%}
        {%- if 'slice_fingerprint' in names and 'as_of_date' in names -%}
            {%- for row in run_query(
                "select as_of_date, min(slice_fingerprint) as slice_fingerprint from "
                ~ existing ~ " group by as_of_date"
            ) -%}
                {%- do held.update({row[0] | string: row[1]}) -%}
            {%- endfor -%}
        {%- endif -%}
    {%- endif -%}

    {%- set kept = [] -%}
    {%- set missing = [] -%}
    {%- for slice in order -%}
        {%- if held.get(slice) == wanted[slice] -%}
            {%- do kept.append(slice) -%}
        {%- else -%}
            {%- do missing.append(slice) -%}
        {%- endif -%}
    {%- endfor -%}

    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}

    {#- Everything from here to the commit is one transaction. The first slice creates the table:
        DuckDB 2.0.0 keeps the column statistics of a table made empty from a query and filled in the
        same transaction, and then finds no row in it until the database is opened again. -#}
    {%- do open_transaction() -%}
    {%- if kept -%}
        {%- set stale = [] -%}
        {%- for slice in held if slice not in kept -%}
            {%- do stale.append("date '" ~ slice ~ "'") -%}
        {%- endfor -%}
        {%- if stale -%}
            {% call statement('forget') -%}
                delete from {{ target }} where as_of_date in ({{ stale | join(', ') }})
            {%- endcall %}
        {%- endif -%}
        {%- set more = missing -%}
    {%- else -%}
        {{ drop_relation_if_exists(existing) }}
        {%- set first = order[0] if order else '1900-01-01' -%}
        {% call statement('create') -%}
            {{ create_table_as(
                False, target,
                sliced_sql(sql, first, wanted.get(first, '')) ~ ('' if order else ' where false')
            ) }}
        {%- endcall %}
        {%- set more = missing[1:] -%}
    {%- endif -%}

    {#- by name: a contract puts the columns of the table in the order of the YAML -#}
    {%- set names = [] -%}
    {%- for column in adapter.get_columns_in_relation(target) -%}
        {%- do names.append(adapter.quote(column.name)) -%}
    {%- endfor -%}
    {%- for slice in more -%}
        {% call statement('slice_' ~ loop.index) -%}
            insert into {{ target }} ({{ names | join(', ') }})
            select {{ names | join(', ') }}
            from ({{ sliced_sql(sql, slice, wanted[slice]) }}) as slice
        {%- endcall %}
    {%- endfor -%}

    {% call statement('main') -%}
        select {{ missing | length }} as slices_built, {{ kept | length }} as slices_kept
    {%- endcall %}

    {%- do apply_grants(target, grant_config, should_revoke=should_revoke(existing, True)) -%}
    {%- do persist_docs(target, model) -%}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {{ adapter.commit() }}
    {{ run_hooks(post_hooks, inside_transaction=False) }}

    {{ return({'relations': [target]}) }}
{% endmaterialization %}


{#- Puts the text of these macros of the project, and of all they call, into `found`. -#}
{% macro collect_macros(names, found) -%}
    {%- for name in names if name.startswith('macro.' ~ project_name ~ '.') and name not in found -%}
        {%- set called = context[name.split('.') | last].macro -%}
        {%- do found.update({name: called.macro_sql}) -%}
        {%- do collect_macros(called.depends_on.macros, found) -%}
    {%- endfor -%}
{%- endmacro %}


{#- The SQL of one slice: its date in place of slice_date(), its fingerprint as one more column. -#}
{% macro sliced_sql(sql, slice, fingerprint) -%}
    {%- set dated = modules.re.sub(
        '(?s)/[*]slice[*]/.*?/[*]slice[*]/', "date '" ~ slice ~ "'", sql
    ) -%}
    select
        slice.*,
        '{{ fingerprint }}' as slice_fingerprint
    from (
        {{ dated }}
    ) as slice
{%- endmacro %}
