{#- Columns that settings may name, and what rules read. -#}

{#- The columns of int_contact_features, as documented, and the custom fields that are numbers. -#}
{% macro number_features() %}
    {%- set types = [
        'tinyint', 'smallint', 'integer', 'int', 'bigint', 'hugeint', 'utinyint', 'usmallint',
        'uinteger', 'ubigint', 'decimal', 'numeric', 'float', 'real', 'double', 'number',
        'double precision', 'long', 'int64', 'float64'
    ] -%}
    {%- set columns = {} -%}
    {%- if execute -%}
        {%- for node in graph.nodes.values()
            if node.resource_type == 'model' and node.name == 'int_contact_features' -%}
            {%- for column in node.columns.values() -%}
                {%- do columns.update({column.name: column.data_type}) -%}
            {%- endfor -%}
        {%- endfor -%}
        {%- for custom in var('custom_fields') or [] -%}
            {%- do columns.update({custom.name: custom.type}) -%}
        {%- endfor -%}
    {%- endif -%}
    {%- set found = [] -%}
    {%- for name, type in columns.items()
        if ((type or '') | string | lower).split('(')[0] | trim in types -%}
        {%- do found.append(name) -%}
    {%- endfor -%}
    {%- do return(found) -%}
{% endmacro %}

{#- Columns that rules read and that are numbers or true and false at any date: what segments are made of. -#}
{% macro segment_fields_asked() %}
    {%- set asked = [] -%}
    {%- if execute -%}
        {%- for node in graph.nodes.values()
            if node.resource_type == 'model' and node.name == 'segment_flags' -%}
            {%- do asked.extend(node.config.meta.get('asks') or []) -%}
        {%- endfor -%}
    {%- endif -%}
    {%- do return(asked) -%}
{% endmacro %}

{#- A select of what is fitted: contact_id, as_of_date and `fields` (name -> kind) of a model; nobody where var
    `fitted` leaves it out. -#}
{% macro fitted_fields(name, model, fields) %}
    {%- if name in (var('fitted', none) or []) -%}
select * from {{ ref(model) }}
    {%- else -%}
select
        cast(null as {{ dbt.type_string() }}) as contact_id,
        cast(null as date) as as_of_date
        {%- for field, kind in fields.items() %},
        cast(null as {{ 'double' if kind == 'number' else dbt.type_string() }}) as {{ field }}
        {%- endfor %}
    where false
    {%- endif -%}
{% endmacro %}
