{%- set settings = var('propensity') -%}
with dates as (
    select * from {{ ref('int_outcome_dates') }}
    where outcome_days is not null
),

features as {{ inline_cte() }} (
    select * from {{ ref('int_contact_features') }}
),

timelines as (
    select * from {{ ref('int_contact_timelines') }}
),

targets as (
    {%- for target, days in settings.targets.items() %}
    select '{{ target }}' as target, {{ days }} as horizon_days
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
),

-- dates whose outcome is known to its last day
judged as (
    select
        targets.target,
        targets.horizon_days,
        dates.as_of_date,
        row_number() over (partition by targets.target order by dates.as_of_date desc) as recent
    from targets
    inner join dates on targets.horizon_days <= dates.outcome_days
),

-- for each date that could be the first to test on: the last one whose outcome was known by then
pairs as (
    select
        tests.target,
        tests.recent,
        max(trainings.as_of_date) as trained_on
    from judged as tests
    inner join judged as trainings
        on
            tests.target = trainings.target
            and tests.as_of_date
            >= {{ days_after('trainings.as_of_date', 'trainings.horizon_days') }}
    where tests.recent <= {{ settings.test_dates }}
    group by tests.target, tests.recent
),

-- as many dates to test on as there is history for
chosen as (
    select
        target,
        max(recent) as test_dates,
        min(trained_on) as trained_on
    from pairs
    group by target
),

roles as (
    select
        judged.target,
        judged.horizon_days,
        judged.as_of_date,
        judged.as_of_date = chosen.trained_on as is_training
    from judged
    inner join chosen on judged.target = chosen.target
    where judged.as_of_date = chosen.trained_on or judged.recent <= chosen.test_dates
),

members as (
    select
        roles.target,
        roles.horizon_days,
        roles.as_of_date,
        roles.is_training,
        features.contact_id,
        -- a contact is drawn or not whatever the order of rows
        {{ hex_number(
            "substr(" ~ text_md5("concat(features.contact_id, '|" ~ settings.seed ~ "')")
            ~ ", 1, 15)"
        ) }} as sample_key
    from roles
    inner join features on roles.as_of_date = features.as_of_date
    where
        {%- for target in settings.targets %}
        {% if not loop.first %}or {% endif -%}
        (roles.target = '{{ target }}' and {{ propensity_population(target) }})
        {%- endfor %}
),

placed as (
    select
        *,
        row_number() over (
            partition by target, as_of_date
            order by sample_key, contact_id
        ) as place
    from members
),

drawn as (
    select *
    from placed
    where
        place <= case
            when is_training then {{ settings.sample }} else {{ settings.test_sample }}
        end
),

final as (
    select
        drawn.target,
        drawn.horizon_days,
        drawn.as_of_date,
        drawn.is_training,
        drawn.contact_id,
        drawn.sample_key,
        case
            when drawn.target = 'buying' then features.days_since_last_order
            else features.days_since_last_engagement
        end as silence_days,
        -- what came after the date, and not later than the horizon
        case drawn.target
            when 'churning' then {{ list_length(propensity_later('engaged_dates')) }} = 0
            when 'buying' then {{ list_length(propensity_later('order_dates')) }} > 0
            else {{ list_length(propensity_later('engaged_dates')) }} > 0
        end as is_positive,
        {%- for feature in settings.features %}
        cast(features.{{ feature }} as double) as {{ feature }}{{ "," if not loop.last }}
        {%- endfor %}
    from drawn
    inner join features
        on drawn.contact_id = features.contact_id and drawn.as_of_date = features.as_of_date
    left join timelines on drawn.contact_id = timelines.contact_id
)

select * from final
