{#- When a version of a record became true: its time of change, or the load of its file where it has none.
    Never later than the load: a clock that runs ahead must not win for ever. -#}
{% macro record_changed_at(records) -%}
    least(coalesce({{ records }}.updated_at, {{ records }}.loaded_at), {{ records }}.loaded_at)
{%- endmacro %}
