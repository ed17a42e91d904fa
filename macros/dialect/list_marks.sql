{#- Two kinds of days of one contact as one ordered list of whole numbers, so that "answered before
    the next question" is a look at the neighbour: a question on a day is twice the number of the
    day, an answer the same plus one. -#}

{#- The number that stands for a question on this day. -#}
{% macro list_mark(day) -%}
    (2 * {{ days_between("date '2000-01-01'", day) }})
{%- endmacro %}


{#- The marks of a list of days with questions and of lists of days with answers; nulls count as
    empty. -#}
{% macro list_marks(asked, answers) -%}
    {{ return(adapter.dispatch('list_marks', 'winback')(asked, answers)) }}
{%- endmacro %}

{% macro default__list_marks(asked, answers) -%}
    (sort_array(concat(
        coalesce(transform({{ asked }}, day -> {{ list_mark('day') }}), array())
        {%- for values in answers -%}
            , coalesce(transform({{ values }}, day -> {{ list_mark('day') }} + 1), array())
        {%- endfor -%}
    )))
{%- endmacro %}

{% macro duckdb__list_marks(asked, answers) -%}
    (list_sort(list_concat(
        coalesce(list_transform({{ asked }}, lambda day: {{ list_mark('day') }}), [])
        {%- for values in answers -%}
            , coalesce(list_transform({{ values }}, lambda day: {{ list_mark('day') }} + 1), [])
        {%- endfor -%}
    )))
{%- endmacro %}


{#- The marks of days with a question, each day once; `marks` is a column. -#}
{% macro list_asked(marks) -%}
    {{ return(adapter.dispatch('list_asked', 'winback')(marks)) }}
{%- endmacro %}

{% macro default__list_asked(marks) -%}
    (filter(
        {{ marks }},
        (mark, place) -> mark % 2 = 0 and not (try_element_at({{ marks }}, place + 2) <=> mark)
    ))
{%- endmacro %}

{% macro duckdb__list_asked(marks) -%}
    (list_transform(
        list_filter(
            range(1, len({{ marks }}) + 1),
            lambda place: list_extract({{ marks }}, place) % 2 = 0
                and list_extract({{ marks }}, place + 1)
                is distinct from list_extract({{ marks }}, place)
        ),
        lambda place: list_extract({{ marks }}, place)
    ))
{%- endmacro %}


{#- The marks of days with a question that was answered before the next one; `marks` is a column. -#}
{% macro list_answered(marks) -%}
    {{ return(adapter.dispatch('list_answered', 'winback')(marks)) }}
{%- endmacro %}

{% macro default__list_answered(marks) -%}
    (filter(
        {{ marks }},
        (mark, place) -> mark % 2 = 0 and try_element_at({{ marks }}, place + 2) % 2 = 1
    ))
{%- endmacro %}

{% macro duckdb__list_answered(marks) -%}
    (list_transform(
        list_filter(
            range(1, len({{ marks }})),
            lambda place: list_extract({{ marks }}, place) % 2 = 0
                and list_extract({{ marks }}, place + 1) % 2 = 1
        ),
        lambda place: list_extract({{ marks }}, place)
    ))
{%- endmacro %}
