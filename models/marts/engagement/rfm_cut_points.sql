{{ after_gate('gate_intermediate') }}
with buyers as (
    select
        *,
        case when priced_orders_lifetime > 0 then revenue_lifetime end as known_revenue
    from {{ ref('int_contact_rfm') }}
),

{%- set measures = {
    'recency': 'days_since_last_order',
    'frequency': 'orders_lifetime',
    'monetary': 'known_revenue',
} %}

cuts as (
    {%- for measure, column in measures.items() %}
    select
        as_of_date,
        '{{ measure }}' as measure,
        count({{ column }}) as contacts,
        {{ quintile_cuts('cast(' ~ column ~ ' as double)') }} as quintiles
    from buyers
    group by as_of_date
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
),

final as (
    select
        as_of_date,
        measure,
        contacts,
        {%- for position in [1, 2, 3, 4] %}
        -- the scoring rule compares with the quantile plus one
        cast({{ list_element('quintiles', position) }} + 1 as double) as cut_{{ position * 20 }}
        {{- "," if not loop.last }}
        {%- endfor %}
    from cuts
)

select * from final
