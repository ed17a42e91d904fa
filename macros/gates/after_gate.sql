{#- The next layer waits for the gate before it: emits the dependency, and nothing else. A unit test
    runs a model on given rows alone, and dbt would ask it for rows of the gate as well. -#}
{% macro after_gate(gate) -%}
{%- if model.resource_type != 'unit_test' -%}
-- depends_on: {{ ref(gate) }}
{%- endif -%}
{%- endmacro %}
