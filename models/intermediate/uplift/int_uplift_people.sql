{%- set metrics = uplift_metrics() %}
{%- set features = var('uplift').get('features') %}
with exported as (
    select * from {{ ref('int_experiment_assignments__unified') }}
),

people as (
    select * from {{ ref('int_contact_record_people') }}
),

declared as (
    select * from {{ ref('experiments') }}
),

arms as (
    select * from {{ ref('experiment_arms') }}
),

dates as (
    select * from {{ ref('int_as_of_dates') }}
),

contacts as (
    select * from {{ ref('int_contacts__resolved') }}
),

features as (
    select * from {{ ref('int_contact_features') }}
),

-- read where it is joined: everything anybody did would not fit in memory
activity as {{ inline_cte() }} (
    select * from {{ ref('int_contact_activity__stream') }}
    where kind in ({{ experiment_kinds() }})
),

ends as (
    select
        as_of_date,
        is_current,
        {{ end_of_day('as_of_date') }} as known_until
    from dates
),

today as (
    select * from ends
    where is_current
),

draws as (
    {{ experiment_draws_before('today') }}
),

assigned as (
    {{ experiment_assigned('draws') }}
),

by_person as (
    {{ experiment_by_person('assigned') }}
),

names as (
    select experiment from declared
    union
    select experiment from arms
),

held as (
    select
        experiment,
        count(distinct arm) as arms,
        {{ experiment_usual_control('arm') }} as usual_control_arm
    from by_person
    where contact_id is not null and not is_in_two_arms
    group by experiment
),

-- arms that are segments were not drawn: their contacts differ in more than the arm
declared_arms as (
    select
        experiment,
        min(coalesce(segment, '')) = max(coalesce(segment, '')) as is_randomised
    from arms
    group by experiment
),

settings as (
    select
        names.experiment,
        coalesce(declared.control_arm, held.usual_control_arm) as control_arm,
        held.arms,
        coalesce(declared_arms.is_randomised, true) as is_randomised,
        declared_arms.experiment is not null as has_declared_arms,
        {{ experiment_window('declared.window_days') }} as window_days,
        {{ experiment_measured('declared.metrics') }} as measured
    from names
    inner join held on names.experiment = held.experiment
    left join declared on names.experiment = declared.experiment
    left join declared_arms on names.experiment = declared_arms.experiment
),

placed as (
    select
        settings.*,
        least(
            {%- for metric in metrics %}
            coalesce(nullif({{ dbt.position("'," ~ metric ~ ",'", "measured") }}, 0), 9999)
            {{- "," if not loop.last }}
            {%- endfor %}
        ) as first_at
    from settings
),

-- what is measured first is what the experiment is about
measured as (
    select
        experiment,
        control_arm,
        arms,
        is_randomised,
        has_declared_arms,
        window_days,
        case first_at
            {%- for metric in metrics %}
            when {{ dbt.position("'," ~ metric ~ ",'", "measured") }} then '{{ metric }}'
            {%- endfor %}
        end as metric
    from placed
),

drawn as (
    select
        experiment,
        arm,
        avg(arm_share) as arm_share
    from draws
    group by experiment, arm
),

-- whose days are over, in both arms alike
followed as (
    select
        by_person.experiment,
        by_person.contact_id,
        by_person.arm,
        by_person.assigned_at,
        measured.control_arm,
        measured.arms,
        measured.is_randomised,
        measured.has_declared_arms,
        measured.window_days,
        measured.metric,
        {{ dbt.dateadd('day', 'measured.window_days', 'by_person.assigned_at') }} as ends_at
    from by_person
    inner join measured on by_person.experiment = measured.experiment
    inner join today
        on
            {{ dbt.dateadd('day', 'measured.window_days', 'by_person.assigned_at') }}
            <= today.known_until
    where by_person.contact_id is not null and not by_person.is_in_two_arms
),

times as (
    select distinct assigned_at from followed
),

-- the last date that had ended when they were assigned: nothing of after it may be known
moments as (
    select
        times.assigned_at,
        max(ends.as_of_date) as as_of_date
    from times
    inner join ends on times.assigned_at >= ends.known_until
    group by times.assigned_at
),

acts as (
    select
        followed.experiment,
        followed.contact_id,
        {%- for metric in metrics %}
        {{ experiment_value(metric, 'true') }} as {{ metric }}
        {{- "," if not loop.last }}
        {%- endfor %}
    from followed
    inner join activity on followed.contact_id = activity.contact_id
    where
        activity.occurred_at >= followed.assigned_at
        and activity.occurred_at < followed.ends_at
    group by followed.experiment, followed.contact_id
),

final as (
    select
        followed.experiment,
        followed.contact_id,
        followed.arm,
        followed.control_arm,
        followed.arm <> followed.control_arm as is_treated,
        cast(followed.arms as integer) as arms,
        followed.is_randomised,
        cast(followed.window_days as integer) as window_days,
        followed.metric,
        followed.assigned_at,
        moments.as_of_date as features_as_of,
        cast(coalesce(
            drawn.arm_share,
            arms.weight,
            case when followed.has_declared_arms then 0e0 else 1e0 end
        ) as double) as expected_weight,
        case followed.metric
            {%- for metric in metrics %}
            when '{{ metric }}'
                then
                    {%- if metric == 'opened' %}
                    -- opens of those who refused that theirs are used are nobody's business
                    case
                        when coalesce(contacts.email_tracking_allowed, true)
                            then {{ uplift_outcome(metric) }}
                        else 0e0
                    end
                    {%- else %}
                    {{ uplift_outcome(metric) }}
                    {%- endif %}
            {%- endfor %}
        end as outcome,
        {%- for feature in features %}
        cast(features.{{ feature }} as double) as {{ feature }},
        {%- endfor %}
        -- a contact is drawn or not whatever the order of rows, and whoever else is there
        {{ text_md5("concat(followed.contact_id, '|', followed.experiment, '|"
            ~ var('uplift').get('seed') ~ "')") }} as sample_key
    from followed
    left join moments on followed.assigned_at = moments.assigned_at
    left join features
        on
            followed.contact_id = features.contact_id
            and moments.as_of_date = features.as_of_date
    left join acts
        on
            followed.experiment = acts.experiment
            and followed.contact_id = acts.contact_id
    left join contacts on followed.contact_id = contacts.contact_id
    left join arms
        on
            followed.experiment = arms.experiment
            and followed.arm = arms.arm
    left join drawn
        on
            followed.experiment = drawn.experiment
            and followed.arm = drawn.arm
)

select * from final
