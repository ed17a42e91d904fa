{{ config(
    materialized='incremental',
    unique_key=['segment', 'rules_hash'],
    on_schema_change='append_new_columns',
    full_refresh=false
) }}
{%- set rules = segment_rules() %}

-- only what a run put in force is logged: one that a gate stopped left the lists as they were
{{ after_gate('gate_marts') }}
with segments as (
    {{ segment_list(rules) | indent(4) }}
),

resolved as (
    {{ segment_hash_list(rules, with_texts=true) | indent(4) }}
),

{% if is_incremental() -%}
held as (
    select * from {{ this }}
),

{% endif -%}
final as (
    select
        segments.segment,
        resolved.rules_hash,
        segments.label,
        segments.label_fr,
        cast(segments.level as integer) as level,
        segments.parent_segment,
        segments.is_exclusive,
        resolved.rule,
        resolved.resolved_rules,
        {% if is_incremental() -%}
        coalesce(held.first_run_at, {{ run_time() }}) as first_run_at,
        {% else -%}
        {{ run_time() }} as first_run_at,
        {% endif -%}
        {{ run_time() }} as last_run_at
    from segments
    inner join resolved on segments.segment = resolved.segment
    {% if is_incremental() -%}
    left join held
        on
            resolved.segment = held.segment
            and resolved.rules_hash = held.rules_hash
    {%- endif %}
)

select * from final
