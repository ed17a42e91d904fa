{#- Moves what an earlier version built into schema `main` to the schemas of the layers: the register of who
    left, the logs and the tables of e-mail tools stay what they were. -#}
{% macro move_to_layers() %}
    {%- if execute and flags.WHICH in ('run', 'build', 'seed', 'snapshot') -%}
        {#- three tables that no model makes -#}
        {%- set schemas = {
            'gate_history': 'quality',
            'gate_history_noted': 'quality',
            'suppression_register_files': 'intermediate',
        } -%}
        {%- for node in graph.nodes.values() if node.resource_type in ('model', 'seed', 'snapshot') -%}
            {%- if node.schema != 'main' -%}{%- do schemas.update({node.alias: node.schema}) -%}{%- endif -%}
        {%- endfor -%}
        {%- set former = run_query(
            "select table_name, table_type from information_schema.tables"
            ~ " where table_catalog = current_database() and table_schema = 'main'"
        ) -%}
        {%- for name, type in former.rows if name in schemas -%}
            {%- set old = api.Relation.create(target.database, 'main', name) -%}
            {%- set new = api.Relation.create(target.database, schemas[name], name, type='table') -%}
            {%- if type == 'BASE TABLE' and adapter.get_relation(target.database, schemas[name], name) is none -%}
                {%- do adapter.create_schema(new) -%}
                {%- do run_query("create table " ~ new ~ " as select * from " ~ old) -%}
                {%- do adapter.cache_added(new) -%}
            {%- endif -%}
            {%- do run_query("drop " ~ ('table' if type == 'BASE TABLE' else 'view') ~ " " ~ old) -%}
        {%- endfor -%}
    {%- endif -%}
{% endmacro %}
