{%- set rules = segment_rules() %}
{%- set indexes = [0] + range(1, var('history_months') | int + 1) | list %}

with timelines as (
    select * from {{ ref('segment_timelines') }}
),

segments as (
    {{ segment_list(rules) | indent(4) }}
),

-- most contacts were never in most segments: one test of a bit leaves those out
seen as (
    select
        *,
        {%- for number in range(1, segment_words(rules) + 1) %}
        {% for index in indexes %}
        {{- segment_known_word(number, index) }}{{ "\n        | " if not loop.last }}
        {%- endfor %} as word_{{ number }}_ever{{ "," if not loop.last }}
        {%- endfor %}
    from timelines
),

-- of the many contacts with the same dates in a segment, their number is enough
counted as (
    select
        segments.segment,
        {%- for index in indexes %}
        coalesce({{ segment_is_in(rules, 'seen', 'segments', '_' ~ index) }}, false)
            as is_in_{{ index }},
        {%- endfor %}
        count(*) as contacts
    from seen
    cross join segments
    where {{ segment_is_in(rules, 'seen', 'segments', '_ever') }}
    group by
        segments.segment
        {%- for index in indexes %},
        coalesce({{ segment_is_in(rules, 'seen', 'segments', '_' ~ index) }}, false)
        {%- endfor %}
),

final as (
    select
        segment,
        {% for index in indexes | reverse -%}
        case when is_in_{{ index }} then '1' else '0' end{{ "\n        || " if not loop.last }}
        {%- endfor %} as path,
        cast(contacts as bigint) as contacts
    from counted
)

select * from final
