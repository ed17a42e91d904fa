{#- A custom field of var('custom_fields') in its declared type; what does not parse is null. -#}
{% macro custom_field_value(column, field) -%}
    {%- set types = {
        'text': dbt.type_string(),
        'number': 'double',
        'boolean': 'boolean',
        'date': 'date',
        'timestamp': 'timestamp',
    } -%}
    {%- set declared = field.get('type', 'text') -%}
    {%- if declared not in types -%}
        {{ exceptions.raise_compiler_error(
            "custom_fields: field '" ~ field.name ~ "' has type '" ~ declared ~ "'; expected one of "
            ~ (types.keys() | join(', '))
        ) }}
    {%- endif -%}
    {%- if declared == 'text' -%}
    {{ column }}
    {%- else -%}
    try_cast({{ column }} as {{ types[declared] }})
    {%- endif -%}
{%- endmacro %}
