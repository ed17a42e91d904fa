with inputs as (
    select * from {{ ref('int_cluster_inputs') }}
),

placed as (
    select * from {{ ref('int_contact_clusters') }}
    where cluster is not null
),

{%- set features = cluster_features() %}

everybody as (
    select
        {%- for feature in features %}
        avg({{ feature }}) as {{ feature }}_mean,
        stddev_pop({{ feature }}) as {{ feature }}_spread
        {{- "," if not loop.last }}
        {%- endfor %}
    from inputs
),

grouped as (
    select
        placed.algorithm,
        placed.cluster,
        placed.as_of_date,
        {%- for feature in features %}
        avg(inputs.{{ feature }}) as {{ feature }}_mean,
        count(inputs.{{ feature }}) as {{ feature }}_known
        {{- "," if not loop.last }}
        {%- endfor %}
    from placed
    inner join inputs on placed.contact_id = inputs.contact_id
    group by placed.algorithm, placed.cluster, placed.as_of_date
),

measured as (
    {%- for feature in features %}
    select
        grouped.algorithm,
        grouped.cluster,
        grouped.as_of_date,
        '{{ feature }}' as feature,
        grouped.{{ feature }}_known as known_contacts,
        grouped.{{ feature }}_mean as mean,
        everybody.{{ feature }}_mean as overall_mean,
        (grouped.{{ feature }}_mean - everybody.{{ feature }}_mean)
        / nullif(everybody.{{ feature }}_spread, 0) as difference
    from grouped
    cross join everybody
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
),

final as (
    select
        cluster,
        feature,
        algorithm,
        as_of_date,
        known_contacts,
        mean,
        overall_mean,
        difference,
        row_number() over (
            partition by cluster order by abs(coalesce(difference, 0)) desc, feature
        ) as difference_rank
    from measured
)

select * from final
