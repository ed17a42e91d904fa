-- A contact in two exclusive siblings gets two treatments, and one in none of them is forgotten by
-- everybody: siblings that end with `otherwise` hold each contact of their parent exactly once, and
-- nobody else, at every date.
{%- set rules = segment_rules() %}
with history as (
    select * from {{ ref('segment_history') }}
),

final as (
    select
        contact_id,
        as_of_date
    from history
    where
        false
        {%- for parent, siblings in segment_partitions(rules).items() %}
        or (
            {%- for name in siblings %}
            {{ '+ ' if not loop.first }}case when {{ adapter.quote(name) }} then 1 else 0 end
            {%- endfor %}
        ) <> {{ '1' if parent is none
            else 'case when ' ~ adapter.quote(parent) ~ ' then 1 else 0 end' }}
        {%- endfor %}
)

select * from final
