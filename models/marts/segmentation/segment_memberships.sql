{%- set rules = segment_rules() %}
{%- set months = range(1, var('history_months') | int + 1) %}
{%- set words = range(1, segment_words(rules) + 1) %}

with contacts as (
    select * from {{ ref('segment_timelines') }}
),

dates as (
    select * from {{ ref('int_as_of_dates') }}
),

segments as (
    {{ segment_list(rules) | indent(4) }}
),

-- back from the current date until the contact was out, or not known yet
members as (
    select
        contacts.contact_id,
        segments.segment,
        segments.label,
        segments.label_fr,
        segments.level,
        segments.parent_segment,
        segments.is_exclusive,
        {%- for number in words %}
        {{ segment_word_before(rules, months, number, 'contacts', 'segments') }}
            as before_{{ number }},
        {%- endfor %}
        {{ segment_dates_in(rules, months, 'contacts', 'segments') }} as entered_index
    from contacts
    cross join segments
    where {{ segment_is_in(rules, 'contacts', 'segments', '_0') }}
),

final as (
    select
        members.contact_id,
        members.segment,
        members.label,
        members.label_fr,
        cast(members.level as integer) as level,
        members.parent_segment,
        members.is_exclusive,
        entered.as_of_date as entered_on,
        -- at most one bit is left of the words, that of one rival
        coalesce(
            {%- for number in words %}
            previous_{{ number }}.segment{{ "," if not loop.last }}
            {%- endfor %}
        ) as previous_segment,
        today.as_of_date
    from members
    inner join dates as entered on members.entered_index = entered.date_index
    inner join dates as today on today.date_index = 0
    {%- for number in words %}
    left join segments as previous_{{ number }}
        on
            previous_{{ number }}.word = {{ number }}
            and members.before_{{ number }} = previous_{{ number }}.bit
    {%- endfor %}
)

select * from final
