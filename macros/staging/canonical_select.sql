{#- The columns of an entity, in order, selected from a relation for a map_<system>__<entity> view: by their own
    name, by what `given` says, or null where the system exports nothing of the kind.

    entity: as in canonical_columns; relation: name of a CTE; system: name of the system; given: map of
    canonical column -> expression; missing: the canonical columns the system does not know. -#}
{% macro canonical_select(entity, relation, system, given={}, missing=[]) -%}
{%- set known = canonical_columns(entity) | map(attribute=0) | list -%}
{%- for name in (given.keys() | list) + missing if name not in known -%}
    {{ exceptions.raise_compiler_error(
        "canonical_select: '" ~ name ~ "' is no column of " ~ entity ~ "; these are: "
        ~ known | join(', ')
    ) }}
{%- endfor -%}
select
    {%- for name, data_type in canonical_columns(entity) %}
    {%- if name == 'source_system' %}
    '{{ system }}' as source_system
    {%- elif name in given %}
    {{ given[name] }} as {{ name }}
    {%- elif name in missing %}
    cast(null as {{ data_type }}) as {{ name }}
    {%- else %}
    {{ name }}
    {%- endif %}
    {{- ',' if not loop.last }}
    {%- endfor %}
from {{ relation }}
{%- endmacro %}
