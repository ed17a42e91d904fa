{%- set text = dbt.type_string() %}
with feature_means as (
    select * from {{ ref('int_cluster_feature_means') }}
),

placed as (
    select * from {{ ref('int_contact_clusters') }}
),

groups as (
    select * from {{ ref('int_cluster_groups') }}
),

strategies as (
    select * from {{ ref('cluster_strategies') }}
),

conditions as (
    select * from {{ ref('cluster_conditions') }}
),

sizes as (
    select
        algorithm,
        cluster,
        as_of_date,
        count(*) as contacts,
        sum(count(*)) over () as all_contacts
    from placed
    group by algorithm, cluster, as_of_date
),

described as (
    select
        cluster,
        '{' || {{ dbt.listagg(
            "'\"' || feature || '\": ' || coalesce(cast(round(mean, 4) as " ~ text ~ "), 'null')",
            "', '", "order by feature"
        ) }} || '}' as feature_means,
        {{ dbt.listagg(
            "case when abs(difference) >= 0.3 and difference_rank <= 3 then feature"
            ~ " || case when difference > 0 then ' high: ' else ' low: ' end"
            ~ " || cast(round(mean, 2) as " ~ text ~ ") || ' against '"
            ~ " || cast(round(overall_mean, 2) as " ~ text ~ ") end",
            "'; '", "order by difference_rank"
        ) }} as distinguishing_features
    from feature_means
    group by cluster
),

-- a name fits when each of its conditions holds; one on a feature that is not compared never does
judged as (
    select
        sizes.cluster,
        strategies.position,
        strategies.cluster_name,
        strategies.strategy,
        count(conditions.cluster_name) as conditions,
        sum(
            case
                when conditions.measure = 'mean' then
                    case
                        when
                            feature_means.mean >= coalesce(conditions.min_value, feature_means.mean)
                            and feature_means.mean
                            <= coalesce(conditions.max_value, feature_means.mean)
                            then 1
                        else 0
                    end
                when
                    feature_means.difference
                    >= coalesce(conditions.min_value, feature_means.difference)
                    and feature_means.difference
                    <= coalesce(conditions.max_value, feature_means.difference)
                    then 1
                else 0
            end
        ) as conditions_met
    from sizes
    cross join strategies
    left join conditions on strategies.cluster_name = conditions.cluster_name
    left join feature_means
        on
            sizes.cluster = feature_means.cluster
            and conditions.feature = feature_means.feature
    where sizes.cluster is not null
    group by sizes.cluster, strategies.position, strategies.cluster_name, strategies.strategy
),

fitting as (
    select
        cluster,
        cluster_name,
        strategy,
        row_number() over (partition by cluster order by position) as choice
    from judged
    where conditions_met = conditions
),

-- two clusters of one name are told apart by a number
named as (
    select
        cluster,
        cluster_name,
        strategy,
        row_number() over (partition by cluster_name order by cluster) as twin
    from fitting
    where choice = 1
),

final as (
    select
        sizes.cluster,
        sizes.algorithm,
        sizes.as_of_date,
        coalesce(
            named.cluster_name
            || case when named.twin > 1 then ' ' || cast(named.twin as {{ text }}) else '' end,
            'Cluster ' || cast(sizes.cluster as {{ text }})
        ) as cluster_name,
        named.strategy,
        sizes.contacts,
        cast(sizes.contacts as double) / sizes.all_contacts as share_of_contacts,
        groups.sample_contacts,
        groups.stability,
        groups.trust,
        described.distinguishing_features,
        described.feature_means
    from sizes
    left join named on sizes.cluster = named.cluster
    left join described on sizes.cluster = described.cluster
    left join groups
        on sizes.algorithm = groups.algorithm and sizes.cluster = groups.cluster
    where sizes.cluster is not null
)

select * from final
