{%- set rules = segment_rules() %}
{%- set months = range(1, var('history_months') | int + 1) %}
{%- set words = range(1, segment_words(rules) + 1) %}
{%- set path_bits = segment_bits_of(rules, segment_path_names(rules)) %}

with timelines as (
    select * from {{ ref('segment_timelines') }}
),

tree as (
    select * from {{ ref('segment_tree') }}
),

as_of_dates as (
    select * from {{ ref('int_as_of_dates') }}
),

-- dates at which somebody was known
dates as (
    select
        as_of_dates.date_index,
        as_of_dates.as_of_date,
        lag(as_of_dates.as_of_date) over (order by as_of_dates.as_of_date) as previous_as_of_date
    from as_of_dates
    inner join (select as_of_date from tree group by as_of_date) as known
        on as_of_dates.as_of_date = known.as_of_date
),

-- contacts have few places in the tree: one pass per date, then only the few pairs of places
moves as (
    {%- for index in months %}
    {{ 'union all' if not loop.first }}
    select
        {{ index - 1 }} as date_index,
        word_1_{{ index }} is null as is_new,
        {%- for number in words %}
        {{ segment_known_word(number, index) }} & {{ path_bits[number - 1] }}
            as from_word_{{ number }},
        {{ segment_known_word(number, index - 1) }} & {{ path_bits[number - 1] }}
            as to_word_{{ number }},
        {%- endfor %}
        count(*) as contacts,
        sum(case when is_mailable then 1 else 0 end) as mailable_contacts,
        sum(revenue_{{ index - 1 }}) as revenue_365d
    from timelines
    group by
        word_1_{{ index }} is null
        {%- for number in words %},
        {{ segment_known_word(number, index) }} & {{ path_bits[number - 1] }},
        {{ segment_known_word(number, index - 1) }} & {{ path_bits[number - 1] }}
        {%- endfor %}
    {%- else %}
    select
        1 as date_index,
        true as is_new,
        {%- for number in words %}
        cast(0 as {{ segment_word_type() }}) as from_word_{{ number }},
        cast(0 as {{ segment_word_type() }}) as to_word_{{ number }},
        {%- endfor %}
        0 as contacts,
        0 as mailable_contacts,
        0 as revenue_365d
    where false
    {%- endfor %}
),

places as (
    {%- for level in (1, 2, 3) %}
    {{ 'union all' if not loop.first }}
    select
        {{ level }} as level,
        date_index,
        is_new,
        {{ segment_place(rules, level, 'from_') }} as from_segment,
        {{ segment_place(rules, level, 'to_') }} as to_segment,
        contacts,
        mailable_contacts,
        revenue_365d
    from moves
    {%- endfor %}
),

final as (
    select
        places.level,
        dates.as_of_date,
        dates.previous_as_of_date,
        places.from_segment,
        places.to_segment,
        cast(sum(places.contacts) as bigint) as contacts,
        cast(sum(places.mailable_contacts) as bigint) as mailable_contacts,
        cast(sum(case when places.is_new then places.contacts else 0 end) as bigint)
            as new_contacts,
        cast(coalesce(sum(places.revenue_365d), 0) as decimal(18, 4)) as revenue_365d
    from places
    inner join dates on places.date_index = dates.date_index
    where
        dates.previous_as_of_date is not null
        and coalesce(places.from_segment, places.to_segment) is not null
    group by
        places.level,
        dates.as_of_date,
        dates.previous_as_of_date,
        places.from_segment,
        places.to_segment
)

select * from final
