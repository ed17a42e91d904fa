{#- Columns of a seed as its YAML lists them. While parsing, the graph is still empty. -#}
{% macro seed_columns(name) -%}
    {%- set columns = [] -%}
    {%- if execute -%}
        {%- for node in graph.nodes.values() if node.resource_type == 'seed' and node.name == name -%}
            {%- for column in node.columns -%}{%- do columns.append(column) -%}{%- endfor -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(columns or ['1']) }}
{%- endmacro %}
