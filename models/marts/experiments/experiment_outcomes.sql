{%- set metrics = experiment_metrics() %}
with assignments as (
    select * from {{ ref('experiment_assignments') }}
),

overview as (
    select * from {{ ref('experiment_overview') }}
),

contacts as (
    select * from {{ ref('int_contacts__resolved') }}
),

-- read where it is joined: everything anybody did would not fit in memory
activity as {{ inline_cte() }} (
    select * from {{ ref('int_contact_activity__stream') }}
    where kind in ({{ experiment_kinds() }})
),

followed as (
    select
        assignments.experiment,
        assignments.contact_id,
        assignments.arm,
        assignments.assigned_at,
        {{ dbt.dateadd('day', 'overview.window_days', 'assignments.assigned_at') }} as ends_at,
        {{ dbt.dateadd('day', '-' ~ var('experiment_pre_days'), 'assignments.assigned_at') }}
            as before_at,
        overview.known_until
    from assignments
    inner join overview on assignments.experiment = overview.experiment
    where assignments.left_out_because is null
),

acts as (
    select
        followed.experiment,
        followed.contact_id,
        activity.kind,
        activity.amount,
        activity.occurred_at >= followed.assigned_at as is_after
    from followed
    inner join activity on followed.contact_id = activity.contact_id
    where
        activity.occurred_at >= followed.before_at
        and activity.occurred_at < followed.ends_at
        and activity.occurred_at < followed.known_until
),

summed as (
    select
        experiment,
        contact_id,
        {%- for metric in metrics %}
        {{ experiment_value(metric, 'is_after') }} as {{ metric }},
        {{ experiment_value(metric, 'not is_after') }} as {{ metric }}_before
        {{- "," if not loop.last }}
        {%- endfor %}
    from acts
    group by experiment, contact_id
),

final as (
    select
        followed.experiment,
        followed.contact_id,
        followed.arm,
        followed.assigned_at,
        followed.ends_at <= followed.known_until as is_over,
        {%- for metric in metrics %}
        {%- for suffix in ['', '_before'] %}
        {%- if metric == 'opened' %}
        -- opens of those who refused that theirs are used are nobody's business
        case
            when coalesce(contacts.email_tracking_allowed, true)
                then coalesce(summed.{{ metric }}{{ suffix }}, 0)
            else 0
        end as {{ metric }}{{ suffix }}
        {%- else %}
        coalesce(summed.{{ metric }}{{ suffix }}, 0) as {{ metric }}{{ suffix }}
        {%- endif %}
        {{- "," if not loop.last }}
        {%- endfor %}
        {{- "," if not loop.last }}
        {%- endfor %}
    from followed
    left join summed
        on
            followed.experiment = summed.experiment
            and followed.contact_id = summed.contact_id
    left join contacts on followed.contact_id = contacts.contact_id
)

select * from final
