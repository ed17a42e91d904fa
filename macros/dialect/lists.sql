{#- Ordered lists of days, kept one per contact: cutting one at a date costs a hundredth of
    aggregating the days again. Lists hold no nulls and count from 1. -#}

{#- Aggregate: the values of the group that are not null, ascending; null when there are none. -#}
{% macro sorted_list(expression) -%}
    {{ return(adapter.dispatch('sorted_list', 'winback')(expression)) }}
{%- endmacro %}

{% macro default__sorted_list(expression) -%}
    (sort_array(collect_list({{ expression }})))
{%- endmacro %}

{% macro duckdb__sorted_list(expression) -%}
    (list_sort(list({{ expression }}) filter (where {{ expression }} is not null)))
{%- endmacro %}


{#- The elements up to `limit`, that day included. -#}
{% macro list_until(values, limit) -%}
    {{ return(adapter.dispatch('list_until', 'winback')(values, limit)) }}
{%- endmacro %}

{% macro default__list_until(values, limit) -%}
    (filter({{ values }}, element -> element <= {{ limit }}))
{%- endmacro %}

{% macro duckdb__list_until(values, limit) -%}
    (list_filter({{ values }}, lambda element: element <= {{ limit }}))
{%- endmacro %}


{#- The elements after `limit`; all of them where `limit` is null. -#}
{% macro list_after(values, limit) -%}
    {{ return(adapter.dispatch('list_after', 'winback')(values, limit)) }}
{%- endmacro %}

{% macro default__list_after(values, limit) -%}
    (filter({{ values }}, element -> {{ limit }} is null or element > {{ limit }}))
{%- endmacro %}

{% macro duckdb__list_after(values, limit) -%}
    (list_filter({{ values }}, lambda element: {{ limit }} is null or element > {{ limit }}))
{%- endmacro %}


{#- Number of elements, 0 for null. -#}
{% macro list_length(values) -%}
    {{ return(adapter.dispatch('list_length', 'winback')(values)) }}
{%- endmacro %}

{% macro default__list_length(values) -%}
    (coalesce(array_size({{ values }}), 0))
{%- endmacro %}

{% macro duckdb__list_length(values) -%}
    (coalesce(len({{ values }}), 0))
{%- endmacro %}


{#- The n-th element, null when there are fewer; -1 is the last. -#}
{% macro list_element(values, position) -%}
    {{ return(adapter.dispatch('list_element', 'winback')(values, position)) }}
{%- endmacro %}

{% macro default__list_element(values, position) -%}
    (try_element_at({{ values }}, cast({{ position }} as int)))
{%- endmacro %}

{% macro duckdb__list_element(values, position) -%}
    (list_extract({{ values }}, {{ position }}))
{%- endmacro %}


{#- All elements of four lists once, ascending; nulls count as empty. -#}
{% macro list_union(lists) -%}
    {{ return(adapter.dispatch('list_union', 'winback')(lists)) }}
{%- endmacro %}

{% macro default__list_union(lists) -%}
    (sort_array(array_distinct(concat(
        {%- for values in lists -%}
            coalesce({{ values }}, array()){{ "," if not loop.last }}
        {%- endfor -%}
    ))))
{%- endmacro %}

{% macro duckdb__list_union(lists) -%}
    (list_sort(list_distinct(list_concat({{ lists | join(', ') }}))))
{%- endmacro %}


{#- Days between each element and the one before it: one element fewer, in the same order. -#}
{% macro list_gaps(values) -%}
    {{ return(adapter.dispatch('list_gaps', 'winback')(values)) }}
{%- endmacro %}

{% macro default__list_gaps(values) -%}
    (transform(
        slice({{ values }}, 2, greatest(size({{ values }}) - 1, 0)),
        (element, position) -> datediff(element, {{ values }}[position])
    ))
{%- endmacro %}

{% macro duckdb__list_gaps(values) -%}
    (list_transform(
        range(2, len({{ values }}) + 1),
        lambda place: list_extract({{ values }}, place) - list_extract({{ values }}, place - 1)
    ))
{%- endmacro %}


{#- Median of the first n elements, null when n < 1. -#}
{% macro list_median(values, count) -%}
    {{ return(adapter.dispatch('list_median', 'winback')(values, count)) }}
{%- endmacro %}

{% macro default__list_median(values, count) -%}
    (case when {{ count }} >= 1 then (
        try_element_at(
            sort_array(slice({{ values }}, 1, {{ count }})), cast(({{ count }} + 1) div 2 as int)
        ) + try_element_at(
            sort_array(slice({{ values }}, 1, {{ count }})), cast({{ count }} div 2 + 1 as int)
        )
    ) / 2.0 end)
{%- endmacro %}

{% macro duckdb__list_median(values, count) -%}
    (case when {{ count }} >= 1 then list_aggregate(list_slice({{ values }}, 1, {{ count }}), 'median') end)
{%- endmacro %}
