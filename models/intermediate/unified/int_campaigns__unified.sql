with campaigns as (
{{ union_systems('campaigns') | indent(4) }}
),

ranked as (
    select
        *,
        row_number() over (
            partition by source_system, source_relation, source_campaign_id
            order by
                loaded_at desc,
                source_file desc,
                line_number desc
        ) as version_rank
    from campaigns
),

final as (
    select
        {{ canonical_key(['source_system', 'source_relation', 'source_campaign_id']) }}
            as campaign_id,
        source_system,
        source_relation,
        source_campaign_id,
        name,
        subject,
        campaign_type,
        reactivation_step,
        sent_at,
        source_list_id,
        source_file,
        line_number,
        loaded_at
    from ranked
    where version_rank = 1
)

select * from final
