{#- Aggregate: JSON objects of the group as one, each member that of the lowest `rank` that has a value for it. Where
    the engine cannot merge, the object of the lowest rank. -#}
{% macro merged_json(column, rank) -%}
    {{ return(adapter.dispatch('merged_json', 'winback')(column, rank)) }}
{%- endmacro %}

{% macro default__merged_json(column, rank) -%}
    (min_by({{ column }}, case when {{ column }} is not null then {{ rank }} end))
{%- endmacro %}

{% macro duckdb__merged_json(column, rank) -%}
    (cast(list_reduce(
        list(json_merge_patch('{}', cast({{ column }} as json)) order by {{ rank }} desc)
            filter (where {{ column }} is not null),
        lambda older, newer: json_merge_patch(older, newer)
    ) as varchar))
{%- endmacro %}
