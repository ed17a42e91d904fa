{#- map_<system>__<entity> of every enabled system, one below the other. -#}
{% macro landing_maps(entity, columns) -%}
    {%- for system in var('systems') %}
    {{ 'union all' if not loop.first }}
    select {{ columns | join(', ') }}
    from {{ ref('map_' ~ system ~ '__' ~ entity) }}
    {%- endfor %}
{%- endmacro %}
