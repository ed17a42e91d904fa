{#- Before it nobody sent newsletters: an empty date read as 0, 1900 or 1970 lies before it. -#}
{% macro first_possible_time() -%}
    timestamp '1995-01-01 00:00:00'
{%- endmacro %}


{#- Whether a time can be true: not before 1995 (`since` where a system began later), not more than a day
    after its line was loaded. -#}
{% macro is_possible_time(column, loaded_at='loaded_at', since=none) -%}
    ({{ column }} >= {{ since or first_possible_time() }}
        and not coalesce({{ column }} > {{ loaded_at }} + interval '1' day, false))
{%- endmacro %}


{#- The time where it can be true, null where it cannot; arguments as of is_possible_time. -#}
{% macro possible_time(column, loaded_at='loaded_at', since=none) -%}
    (case when {{ is_possible_time(column, loaded_at, since) }} then {{ column }} end)
{%- endmacro %}


{#- Whether var accepted_dates names the file: its dates are right, however far from all others. -#}
{% macro has_accepted_dates(source_file='source_file') -%}
    {%- if var('accepted_dates') -%}
    ({{ source_file }} in {{ text_list(var('accepted_dates')) }})
    {%- else -%}
    (1 = 0)
    {%- endif -%}
{%- endmacro %}


{#- Whether a line's time lies in the span that the data as a whole supports (int_activity_span), so
    that it counts as activity. `column` and source_file are of `lines`, the span is joined as `span`. -#}
{% macro is_in_span(lines, column) -%}
    {{ lines }}.{{ column }} < span.ends_at
    and (
        {{ lines }}.{{ column }} >= span.starts_at
        or {{ has_accepted_dates(lines ~ '.source_file') }}
    )
{%- endmacro %}
