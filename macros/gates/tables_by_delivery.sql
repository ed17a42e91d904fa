{#- Map of delivery to source tables: what one delivery of an export holds, as its source says with `config: meta:
    delivery:`. Only exports that deliver a whole_list each time may be compared with the delivery before; a
    file of one_campaign is as long as its campaign was. -#}
{% macro tables_by_delivery() -%}
    {%- set deliveries = {'whole_list': [], 'one_campaign': []} -%}
    {%- if execute -%}
        {%- for source_node in graph.sources.values() -%}
            {%- set delivery = source_node.config.get('meta', {}).get('delivery', 'period') -%}
            {%- if delivery in deliveries -%}
                {%- do deliveries[delivery].append(source_node.identifier) -%}
            {%- elif delivery != 'period' -%}
                {{ exceptions.raise_compiler_error(
                    "Source " ~ source_node.identifier ~ ": `meta: delivery: " ~ delivery
                    ~ "` is none of whole_list, one_campaign and period."
                ) }}
            {%- endif -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(deliveries) }}
{%- endmacro %}


{#- Files that hold a part of a whole list, as their sources say with `config: meta: part_files:` (an export of a
    segment): one may be of any size, whatever the one before was.

    Returns a list of {identifier, pattern of `like` for the file's name}. -#}
{% macro part_files() -%}
    {%- set found = [] -%}
    {%- if execute -%}
        {%- for source_node in graph.sources.values() -%}
            {%- for pattern in source_node.config.get('meta', {}).get('part_files', []) -%}
                {%- do found.append({
                    'identifier': source_node.identifier, 'pattern': pattern | replace('*', '%') | lower,
                }) -%}
            {%- endfor -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(found) }}
{%- endmacro %}
