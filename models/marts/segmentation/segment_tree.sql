{%- set rules = segment_rules() %}
{%- set months = range(1, var('history_months') | int + 1) %}
{%- set words = range(1, segment_words(rules) + 1) %}
{%- set fitted = [] %}
{%- for name in segment_fitted_by_segment(rules) -%}
    {%- do fitted.append(quoted_text(name)) -%}
{%- endfor %}

with evaluations as (
    select * from {{ ref('segment_evaluations') }}
),

timelines as (
    select * from {{ ref('segment_timelines') }}
),

dates as (
    select * from {{ ref('int_as_of_dates') }}
),

segments as (
    {{ segment_list(rules) | indent(4) }}
),

-- many contacts are in the same segments: one pass over all, then only the few combinations
combinations as (
    select
        as_of_date,
        is_current,
        {{ segment_word_columns(rules) | join(', ') }},
        count(*) as contacts,
        sum(case when is_mailable then 1 else 0 end) as mailable_contacts,
        sum(revenue_365d) as revenue
    from evaluations
    group by
        as_of_date,
        is_current,
        {{ segment_word_columns(rules) | join(', ') }}
),

combinations_by_segment as (
    select
        segments.segment,
        segments.label,
        segments.label_fr,
        segments.level,
        segments.parent_segment,
        segments.is_exclusive,
        combinations.as_of_date,
        combinations.is_current,
        combinations.contacts as all_contacts,
        {{ segment_is_in(rules, 'combinations', 'segments') }} as is_in,
        combinations.contacts,
        combinations.mailable_contacts,
        combinations.revenue
    from combinations
    cross join segments
),

sizes as (
    select
        segment,
        as_of_date,
        is_current,
        label,
        label_fr,
        level,
        parent_segment,
        is_exclusive,
        -- null on the first date at which anybody was known
        lag(as_of_date) over (partition by segment order by as_of_date) as previous_as_of_date,
        sum(all_contacts) as all_contacts,
        sum(case when is_in then contacts else 0 end) as contacts,
        lag(sum(all_contacts)) over (partition by segment order by as_of_date)
            as previous_all_contacts,
        lag(sum(case when is_in then contacts else 0 end))
            over (partition by segment order by as_of_date) as previous_contacts,
        sum(case when is_in then mailable_contacts else 0 end) as mailable_contacts,
        sum(case when is_in then revenue end) as revenue
    from combinations_by_segment
    group by
        segment, as_of_date, is_current, label, label_fr, level, parent_segment, is_exclusive
),

-- who came and who went since the date before, of which there are few combinations as well
changes as (
    {%- for index in months %}
    {{ 'union all' if not loop.first }}
    select
        {{ index - 1 }} as date_index,
        {%- for number in words %}
        {{ segment_bits_without(number, index - 1, index) }} as entered_word_{{ number }},
        {{ segment_bits_without(number, index, index - 1) }} as left_word_{{ number }},
        {%- endfor %}
        count(*) as contacts
    from timelines
    group by
        {%- for number in words %}
        {{ segment_bits_without(number, index - 1, index) }},
        {{ segment_bits_without(number, index, index - 1) }}{{ "," if not loop.last }}
        {%- endfor %}
    {%- else %}
    select
        1 as date_index,
        {%- for number in words %}
        cast(0 as {{ segment_word_type() }}) as entered_word_{{ number }},
        cast(0 as {{ segment_word_type() }}) as left_word_{{ number }},
        {%- endfor %}
        0 as contacts
    where false
    {%- endfor %}
),

changes_by_segment as (
    select
        segments.segment,
        dates.as_of_date,
        sum(
            case
                when {{ segment_is_in(rules, 'changes', 'segments', prefix='entered_') }}
                    then changes.contacts
                else 0
            end
        ) as entered_contacts,
        sum(
            case
                when {{ segment_is_in(rules, 'changes', 'segments', prefix='left_') }}
                    then changes.contacts
                else 0
            end
        ) as left_contacts
    from changes
    inner join dates on changes.date_index = dates.date_index
    cross join segments
    group by segments.segment, dates.as_of_date
),

final as (
    select
        sizes.segment,
        sizes.as_of_date,
        sizes.is_current,
        sizes.label,
        sizes.label_fr,
        cast(sizes.level as integer) as level,
        sizes.parent_segment,
        sizes.is_exclusive,
        {{ 'sizes.segment in (' ~ fitted | join(', ') ~ ')' if fitted else 'false' }} as is_fitted,
        cast(sizes.contacts as bigint) as contacts,
        cast(sizes.mailable_contacts as bigint) as mailable_contacts,
        cast(coalesce(sizes.revenue, 0) as decimal(18, 4)) as revenue,
        cast(sizes.contacts as double)
        / nullif(case when sizes.level > 1 then above.contacts else sizes.all_contacts end, 0)
            as share,
        cast(sizes.contacts as double) / nullif(sizes.all_contacts, 0) as share_of_contacts,
        cast(
            case when sizes.previous_as_of_date is not null then changed.entered_contacts end
            as bigint
        ) as entered_contacts,
        cast(
            case when sizes.previous_as_of_date is not null then changed.left_contacts end as bigint
        ) as left_contacts,
        cast(sizes.contacts - changed.entered_contacts as double)
        / nullif(sizes.previous_contacts + changed.entered_contacts, 0) as jaccard,
        {{ psi_of_shares(
            'sizes.previous_contacts', 'sizes.previous_all_contacts',
            'sizes.contacts', 'sizes.all_contacts'
        ) | indent(8) }} as psi
    from sizes
    left join sizes as above
        on
            sizes.parent_segment = above.segment
            and sizes.as_of_date = above.as_of_date
    left join changes_by_segment as changed
        on
            sizes.segment = changed.segment
            and sizes.as_of_date = changed.as_of_date
)

select * from final
