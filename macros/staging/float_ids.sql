{#- Body of a CTE: the files in which whole numbers were written as 101.0. A notebook does that to a column with
    empty cells; a number such as 7.5 among them says that the marks mean something.

    relation: name of the CTE with the raw lines; column: the ids. -#}
{% macro files_of_float_ids(relation, column) %}
    select _source_file
    from {{ relation }}
    where {{ column }} like '%.%'
    group by _source_file
    having
        max(case when {{ matches('trim(' ~ column ~ ')', "'^[0-9]+[.]0+$'") }} then 1 else 0 end) = 1
        and max(case when {{ matches('trim(' ~ column ~ ')', "'^[0-9]+[.][0-9]*[1-9][0-9]*$'") }} then 1 else 0 end) = 0
{% endmacro %}
