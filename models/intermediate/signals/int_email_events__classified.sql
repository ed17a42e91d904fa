{{ config(materialized='view') }}
{%- set disabled = var('signal_rules_disabled', []) %}

with events as (
    select * from {{ ref('int_email_events__unified') }}
),

signals as (
    select * from {{ ref('int_email_signals') }}
),

rules as (
    select * from {{ ref('signal_rules') }}
),

rule_digests as (
    select
        {{ canonical_key([
            'priority', 'rule', 'is_enabled', 'event_type', 'method', 'pattern', 'seconds',
            'minimum', 'quality',
        ]) }} as digest
    from rules
),

digests as (
    select
        {{ dbt.listagg('digest', "' '", 'order by digest') }}
            as all_digests,
        '{{ classifier_logic() }}'
        || ' {{ disabled | sort | join(" ") }}' as logic
    from rule_digests
),

classifier as (
    select left(md5(all_digests || logic), 8) as classifier_version
    from digests
),

final as (
    select
        events.*,
        case
            when events.event_type in ('open', 'click')
                then coalesce(signals.signal_quality, 'human')
        end as signal_quality,
        signals.signal_rule,
        classifier.classifier_version,
        coalesce(
            events.event_type in ('open', 'click')
            and signals.event_id is null
            and coalesce(events.link_kind, 'content') not in ('unsubscribe', 'preference'),
            false
        ) as is_engagement
    from events
    left join signals
        on
            case when events.event_type in ('open', 'click') then events.event_id end
            = signals.event_id
    cross join classifier
)

select * from final
