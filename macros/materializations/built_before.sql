{#- Whether the table of this model is there already, from an earlier run: for models that read what they
    held before. Not is_incremental(), which is false under --full-refresh. -#}
{% macro built_before() -%}
    {{ return(execute and this is not none and load_relation(this) is not none) }}
{%- endmacro %}
