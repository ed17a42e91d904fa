{{ config(
    materialized='incremental',
    unique_key=['segment', 'rules_hash'],
    on_schema_change='append_new_columns',
    full_refresh=false
) }}

-- only what a run put in force is logged: one that a gate stopped left the lists as they were
{{ after_gate('gate_marts') }}
with definitions as (
    select * from {{ ref('segment_definitions') }}
),

{% if is_incremental() -%}
held as (
    select * from {{ this }}
),

{% endif -%}
final as (
    select
        definitions.segment,
        definitions.rules_hash,
        definitions.label,
        definitions.label_fr,
        definitions.level,
        definitions.parent_segment,
        definitions.is_exclusive,
        definitions.rule,
        definitions.resolved_rules,
        {% if is_incremental() -%}
        coalesce(held.first_run_at, {{ run_time() }}) as first_run_at,
        {% else -%}
        {{ run_time() }} as first_run_at,
        {% endif -%}
        {{ run_time() }} as last_run_at
    from definitions
    {% if is_incremental() -%}
    left join held
        on
            definitions.segment = held.segment
            and definitions.rules_hash = held.rules_hash
    {%- endif %}
)

select * from final
