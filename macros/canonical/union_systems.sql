{#- All systems of var('systems') that feed `entity`, as one relation of canonical columns, each cast to
    its canonical type; an empty relation of the same shape where no system feeds it. Adding a system
    is a line in var('system_entities') and its map_<system>__<entity> view.
    `columns` narrows the columns read. Waits for gate_staging unless `is_gated` is false; counts and reasons
    do not, they explain why that gate stopped a run. -#}
{% macro union_systems(entity, columns=none, is_gated=true) %}
    {%- set wanted = [] -%}
    {%- for name, data_type in canonical_columns(entity) if columns is none or name in columns -%}
        {%- do wanted.append((name, data_type)) -%}
    {%- endfor -%}
    {%- set every_system = entity in ('line_counts', 'rejected_records') -%}
    {%- set feeding = [] -%}
    {%- for system in var('systems') -%}
        {%- if system not in var('system_entities') -%}
            {{ exceptions.raise_compiler_error(
                "var systems names '" ~ system ~ "', which this project does not read; it reads "
                ~ (var('system_entities').keys() | join(', '))
            ) }}
        {%- endif -%}
        {%- set fed = var('system_entities')[system] -%}
        {%- if entity in fed or (every_system and fed) -%}
            {%- do feeding.append(system) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- if is_gated and not every_system %}
    {{ after_gate('gate_staging') }}
    {%- endif %}
    {%- for system in feeding %}
    select
        {%- for name, data_type in wanted %}
        cast({{ name }} as {{ data_type }}) as {{ name }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ ref('map_' ~ system ~ '__' ~ entity) }}
    {%- if not loop.last %}
    union all
    {%- endif -%}
    {%- else %}
    select
        {%- for name, data_type in wanted %}
        cast(null as {{ data_type }}) as {{ name }}{{ ',' if not loop.last }}
        {%- endfor %}
    where 1 = 0
    {%- endfor -%}
{% endmacro %}
