{#- The schema of a model or seed is its layer, as dbt_project.yml names it: a warehouse is a database of its
    own, so no target needs a prefix. -#}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {{ custom_schema_name | trim if custom_schema_name else target.schema }}
{%- endmacro %}
