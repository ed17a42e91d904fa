{#- Columns of contact records whose empty cell is an answer in some layout: there the source's column says
    `config: meta: empty_means: none`, and names its canonical column with `canonical` where it is another.
    A list of {table, column, canonical}; no shipped layout has any. -#}
{% macro empty_answers() %}
    {%- set found = [] -%}
    {%- if execute -%}
        {%- for source_node in (graph.get('sources') or {}).values() -%}
            {%- for column in source_node.columns.values() -%}
                {%- set meta = column.get('config', {}).get('meta', {}) -%}
                {%- if meta.get('empty_means') == 'none' -%}
                    {%- do found.append({
                        'table': source_node.identifier,
                        'column': column.name,
                        'canonical': meta.get('canonical', column.name),
                    }) -%}
                {%- elif meta.get('empty_means') is not none -%}
                    {{ exceptions.raise_compiler_error(
                        "Source " ~ source_node.identifier ~ ", column " ~ column.name
                        ~ ": `empty_means: " ~ meta.empty_means ~ "` found, only `none` is known."
                    ) }}
                {%- endif -%}
            {%- endfor -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(found) }}
{% endmacro %}
