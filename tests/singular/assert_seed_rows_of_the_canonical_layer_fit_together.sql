-- Rules across columns and rows that a check of single fields cannot see: a time rule without its
-- window never fires, a rule that makes clicks unknown loses them, a gap between age bands hides
-- contacts.
with rules as (
    select * from {{ ref('signal_rules') }}
),

bands as (
    select
        age_band,
        min_age,
        lag(max_age) over (order by min_age) as previous_max_age,
        row_number() over (order by min_age) as position
    from {{ ref('age_bands') }}
)

select
    'signal_rules' as seed,
    rule as row_name,
    'quality unknown is for opens only' as problem
from rules
where quality = 'unknown' and event_type <> 'open'
union all
select
    'signal_rules' as seed,
    rule as row_name,
    'this method needs a pattern' as problem
from rules
where method in ('user_agent', 'network') and pattern is null
union all
select
    'signal_rules' as seed,
    rule as row_name,
    'this method needs seconds' as problem
from rules
where method in ('seconds_since_send', 'link_burst', 'network_burst') and seconds is null
union all
select
    'signal_rules' as seed,
    rule as row_name,
    'this method needs a minimum' as problem
from rules
where method in ('link_burst', 'network_burst') and minimum is null
union all
select
    'age_bands' as seed,
    age_band as row_name,
    'the band must start one year after the one before ends' as problem
from bands
where previous_max_age is not null and min_age <> previous_max_age + 1
union all
select
    'age_bands' as seed,
    age_band as row_name,
    'only the last band may have no upper end' as problem
from bands
where position > 1 and previous_max_age is null
