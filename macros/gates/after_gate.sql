{#- The next layer waits for the gate before it: emits the dependency, and nothing else. -#}
{% macro after_gate(gate) -%}
-- depends_on: {{ ref(gate) }}
{%- endmacro %}
