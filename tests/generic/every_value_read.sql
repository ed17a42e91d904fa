{#- One row per reason in `column_name`, the values of accepted lines that could not be read, with the number
    of its lines. Give it `severity: warn`: each was taken in the safe way, and somebody should look. -#}
{% test every_value_read(model, column_name) %}

select
    {{ column_name }} as reason,
    count(*) as lines
from {{ model }}
where {{ column_name }} is not null and reject_reason is null
group by {{ column_name }}

{% endtest %}
