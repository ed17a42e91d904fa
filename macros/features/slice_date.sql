{#- The as_of_date of the slice being built. On its own the SQL is that of the current date (that is
    what unit tests run); the sliced materialization puts each date in its place, as a literal, so
    that windows are constants and only the days and rows needed are read. -#}
{% macro slice_date() -%}
    /*slice*/(
        select max(clock.as_of_date) from {{ ref('int_as_of_dates') }} as clock
    )/*slice*/
{%- endmacro %}
