{#- Assignments known today, exported and drawn; whose contact became part of another person is that person now.
    Reads the CTEs exported, people and today, and the named one of draws. -#}
{% macro experiment_assigned(draws) %}
    select
        exported.assignment_id,
        exported.experiment,
        exported.arm,
        exported.contact_id,
        exported.assigned_at,
        exported.is_in_two_arms,
        exported.is_assigned_again,
        false as is_drawn_here
    from exported
    inner join today on exported.assigned_at <= today.known_until
    union all
    select
        {{ canonical_key([draws ~ '.experiment', draws ~ '.contact_id']) }} as assignment_id,
        {{ draws }}.experiment,
        {{ draws }}.arm,
        people.contact_id,
        {{ draws }}.assigned_at,
        false as is_in_two_arms,
        false as is_assigned_again,
        true as is_drawn_here
    from {{ draws }}
    inner join today on {{ draws }}.assigned_at <= today.known_until
    left join people on {{ draws }}.contact_id = left(people.contact_record_id, 16)
{%- endmacro %}


{#- One row per experiment and person, however many records of theirs were assigned; nobody known stays one line
    each. -#}
{% macro experiment_by_person(assigned) %}
    select
        experiment,
        contact_id,
        case when contact_id is null then assignment_id end as unknown_id,
        min(arm) as arm,
        min(assigned_at) as assigned_at,
        min(arm) <> max(arm) or max(case when is_in_two_arms then 1 else 0 end) = 1
            as is_in_two_arms,
        count(*) > 1 or max(case when is_assigned_again then 1 else 0 end) = 1
            as is_assigned_again,
        max(case when is_drawn_here then 1 else 0 end) = 1 as is_drawn_here
    from {{ assigned }}
    group by
        experiment,
        contact_id,
        case when contact_id is null then assignment_id end
{%- endmacro %}


{#- The arm that others are compared with, where nobody says which: an aggregate over the arms. -#}
{% macro experiment_usual_control(arm) -%}
    coalesce(
        min(case when lower({{ arm }}) = 'control' then {{ arm }} end),
        min(case when lower({{ arm }}) = 'holdout' then {{ arm }} end),
        min({{ arm }})
    )
{%- endmacro %}


{#- Days each contact is followed. -#}
{% macro experiment_window(declared) -%}
    coalesce({{ declared }}, 14)
{%- endmacro %}


{#- What is measured, with a comma before, between and after. -#}
{% macro experiment_measured(declared) -%}
    ',' || replace(replace(replace(
        coalesce({{ declared }}, 'visited,ordered,revenue'), ';', ','
    ), '|', ','), ' ', ',') || ','
{%- endmacro %}


{#- Draws of former days, as the table experiment_draws holds them. It is no reference: whom a later run draws
    depends on segments, and these may depend on what former draws showed. Who is drawn today has done nothing yet. -#}
{% macro experiment_draws_before(today) %}
    {%- set held = none -%}
    {%- if execute -%}
        {%- set draws = graph.nodes['model.' ~ project_name ~ '.experiment_draws'] -%}
        {%- set held = adapter.get_relation(draws.database, draws.schema, draws.alias) -%}
    {%- endif -%}
    {%- if held is not none %}
    select
        draws.experiment,
        draws.contact_id,
        draws.arm,
        draws.arm_share,
        draws.assigned_at
    from {{ held }} as draws
    inner join {{ today }} on draws.as_of_date < {{ today }}.as_of_date
    {%- else %}
    select
        cast(null as {{ dbt.type_string() }}) as experiment,
        cast(null as {{ dbt.type_string() }}) as contact_id,
        cast(null as {{ dbt.type_string() }}) as arm,
        cast(null as double) as arm_share,
        cast(null as {{ dbt.type_timestamp() }}) as assigned_at
    from {{ today }}
    where false
    {%- endif %}
{%- endmacro %}
