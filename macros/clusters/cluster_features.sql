{#- Names of the columns that var `clusters` compares contacts by. -#}
{% macro cluster_features() %}
    {%- set names = [] -%}
    {%- for item in var('clusters').get('features') -%}
        {%- do names.append(item if item is string else item.name) -%}
    {%- endfor -%}
    {{ return(names) }}
{% endmacro %}
