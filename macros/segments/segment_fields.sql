{#- What rules, and settings that name columns, may read. -#}

{#- name -> kind of every column that int_contact_features documents, and of the custom fields. -#}
{% macro segment_feature_fields() %}
    {%- set fields = {} -%}
    {%- if execute -%}
        {%- for node in graph.nodes.values()
            if node.resource_type == 'model' and node.name == 'int_contact_features' -%}
            {%- for column in node.columns.values() -%}
                {%- do fields.update({column.name: segment_kind(column.data_type)}) -%}
            {%- endfor -%}
        {%- endfor -%}
        {%- for custom in var('custom_fields') or [] -%}
            {%- do fields.update({custom.name: segment_kind(custom.type | default('text'))}) -%}
        {%- endfor -%}
    {%- endif -%}
    {%- do return(fields) -%}
{% endmacro %}

{#- The kind of value a column type holds. -#}
{% macro segment_kind(data_type) %}
    {%- set plain = ((data_type or '') | string | lower).split('(')[0] | trim -%}
    {%- if plain in ('varchar', 'text', 'string', 'char', 'uuid') -%}
        {%- do return('text') -%}
    {%- elif plain in (
        'tinyint', 'smallint', 'integer', 'int', 'bigint', 'hugeint', 'utinyint', 'usmallint',
        'uinteger', 'ubigint', 'decimal', 'numeric', 'float', 'real', 'double', 'number',
        'double precision', 'long', 'int64', 'float64'
    ) -%}
        {%- do return('number') -%}
    {%- elif plain in ('boolean', 'bool') -%}
        {%- do return('boolean') -%}
    {%- elif plain == 'date' -%}
        {%- do return('date') -%}
    {%- elif plain.startswith('timestamp') or plain == 'datetime' -%}
        {%- do return('timestamp') -%}
    {%- endif -%}
    {%- do return('other') -%}
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
