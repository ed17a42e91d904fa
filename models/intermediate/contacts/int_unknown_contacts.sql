{#- entity, its model, and the lines that name somebody -#}
{%- set entities = [
    ('email_events', 'int_email_events__unified', 'true'),
    ('orders', 'int_orders__unified', 'is_named'),
    ('web_sessions', 'int_web_sessions__unified', 'is_named'),
    ('web_events', 'int_web_events__unified', 'is_named'),
    ('experiment_assignments', 'int_experiment_assignments__unified', 'true'),
] -%}
with counted as (
{%- for entity, model, names_somebody in entities %}
    select
        '{{ entity }}' as entity,
        source_system,
        source_relation,
        source_file,
        count(*) as lines,
        sum(case when {{ names_somebody }} then 1 else 0 end) as named_lines,
        sum(case when {{ names_somebody }} and contact_id is null then 1 else 0 end)
            as unknown_lines
    from {{ ref(model) }}
    group by source_system, source_relation, source_file
    {%- if not loop.last %}
    union all
    {%- endif %}
{%- endfor %}
),

final as (
    select
        entity,
        source_system,
        source_relation,
        source_file,
        lines,
        named_lines,
        unknown_lines,
        case when named_lines > 0 then cast(unknown_lines as double) / named_lines end
            as unknown_share
    from counted
)

select * from final
