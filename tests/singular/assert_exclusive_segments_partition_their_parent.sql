-- A contact in two exclusive siblings gets two treatments, and one in none of them is forgotten by
-- everybody: exclusive siblings hold each contact of their parent once at most, exactly once where
-- one of them takes the rest, and nobody else, at every date.
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
        {{ segment_partition_breaks(rules) }}
)

select * from final
