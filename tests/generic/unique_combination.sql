{#- Fails with one row per combination of `columns` that occurs more than once. Nulls count as a value:
    two rows that are null in the same column are the same combination.
    The failing rows hold the number of occurrences and no column values, which may be personal. -#}
{% test unique_combination(model, columns) %}

select count(*) as occurrences
from {{ model }}
group by {{ columns | join(', ') }}
having count(*) > 1

{% endtest %}
