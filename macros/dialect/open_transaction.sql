{#- Opens a transaction before anything is dropped: dbt would drop on its own and begin only with the next
    statement, and a run killed in between would have lost the table. Spark has none. -#}
{% macro open_transaction() -%}
    {%- do adapter.dispatch('open_transaction', 'winback')() -%}
{%- endmacro %}

{% macro default__open_transaction() -%}{%- endmacro %}

{% macro duckdb__open_transaction() -%}
    {%- do adapter.ensure_transaction() -%}
{%- endmacro %}
