{%- set features = var('segment_quality').get('features') %}

with history as (
    select * from {{ ref('segment_membership_history') }}
),

features as (
    select * from {{ ref('int_contact_features') }}
),

definitions as (
    select * from {{ ref('segment_definitions') }}
),

-- the current date and the month-end before it
dates as (
    select * from {{ ref('int_as_of_dates') }}
    where date_index <= 1
),

contacts as {{ materialized_cte() }} (
    select
        features.contact_id,
        features.as_of_date,
        dates.is_current,
        {%- for feature in features %}
        cast(features.{{ feature }} as double) as {{ feature }}{{ "," if not loop.last }}
        {%- endfor %}
    from features
    inner join dates on features.as_of_date = dates.as_of_date
),

-- figures are counted from the mean of all, so that sums of squares keep their digits
scales as (
    select
        {%- for feature in features %}
        avg(case when is_current then {{ feature }} end) as {{ feature }}_mean,
        {{ quintile_cuts('case when not is_current then ' ~ feature ~ ' end') }}
            as {{ feature }}_cuts{{ "," if not loop.last }}
        {%- endfor %}
    from contacts
),

valued as (
    {%- for feature in features %}
    {{ 'union all' if not loop.first }}
    select
        contacts.contact_id,
        contacts.as_of_date,
        contacts.is_current,
        '{{ feature }}' as feature,
        contacts.{{ feature }} - scales.{{ feature }}_mean as deviation,
        scales.{{ feature }}_mean as overall_mean,
        case
            when contacts.{{ feature }} is null then -1
            {%- for place in range(1, 5) %}
            when
                contacts.{{ feature }}
                <= {{ list_element('scales.' ~ feature ~ '_cuts', place) }}
                then {{ place }}
            {%- endfor %}
            else 5
        end as bin
    from contacts
    cross join scales
    {%- endfor %}
),

bins as (
    select
        history.segment,
        valued.feature,
        valued.bin,
        sum(case when not valued.is_current then 1 else 0 end) as before,
        sum(case when valued.is_current then 1 else 0 end) as contacts,
        cast(count(case when valued.is_current then valued.deviation end) as double)
            as known_contacts,
        coalesce(sum(case when valued.is_current then valued.deviation end), 0) as deviations,
        coalesce(
            sum(case when valued.is_current then valued.deviation * valued.deviation end), 0
        ) as squares
    from valued
    inner join history
        on
            valued.contact_id = history.contact_id
            and valued.as_of_date = history.as_of_date
    group by history.segment, valued.feature, valued.bin
),

-- half a contact more in each place: a share of none has no logarithm
shares as (
    select
        segment,
        feature,
        before,
        contacts,
        count(*) over (partition by segment, feature) as places,
        sum(before) over (partition by segment, feature) as all_before,
        sum(contacts) over (partition by segment, feature) as all_contacts
    from bins
),

shifts as (
    select
        segment,
        feature,
        sum(
            ((contacts + 0.5e0) / (all_contacts + places / 2.0e0)
            - (before + 0.5e0) / (all_before + places / 2.0e0))
            * ln(
                ((contacts + 0.5e0) / (all_contacts + places / 2.0e0))
                / ((before + 0.5e0) / (all_before + places / 2.0e0))
            )
        ) as psi,
        (1 / max(all_contacts) + 1 / max(all_before))
        -- 1.64: 95 % on one side
        * (max(places) - 1 + 1.6448536269514722e0 * sqrt(2.0e0 * (max(places) - 1)))
            as psi_by_chance
    from shares
    where all_before > 0 and all_contacts > 0
    group by segment, feature
),

everybody as (
    select
        feature,
        max(overall_mean) as overall_mean,
        cast(count(deviation) as double) as known_contacts,
        coalesce(sum(deviation), 0) as deviations,
        coalesce(sum(deviation * deviation), 0) as squares
    from valued
    where is_current
    group by feature
),

members as (
    select
        definitions.segment,
        definitions.parent_segment,
        everybody.feature,
        coalesce(sum(bins.known_contacts), 0) as known_contacts,
        coalesce(sum(bins.deviations), 0) as deviations,
        coalesce(sum(bins.squares), 0) as squares
    from definitions
    cross join everybody
    left join bins
        on definitions.segment = bins.segment and everybody.feature = bins.feature
    group by definitions.segment, definitions.parent_segment, everybody.feature
),

sums as (
    select
        members.segment,
        members.feature,
        everybody.overall_mean,
        members.known_contacts as n_in,
        members.deviations as s_in,
        {{ sum_of_squares('members') }} as total_in,
        everybody.known_contacts - members.known_contacts as n_out,
        everybody.deviations - members.deviations as s_out,
        {{ sum_of_squares('everybody') }} as total,
        {{ between_groups('members', 'everybody') | indent(8) }} as between_all,
        {{ sum_of_squares('above') }} as total_above,
        {{ between_groups('members', 'above') | indent(8) }} as between_above,
        everybody.known_contacts as n_all
    from members
    inner join everybody on members.feature = everybody.feature
    left join members as above
        on members.parent_segment = above.segment and members.feature = above.feature
),

measured as (
    select
        *,
        overall_mean + s_in / nullif(n_in, 0) as mean,
        overall_mean + s_out / nullif(n_out, 0) as other_mean,
        case when n_in > 1 then total_in / (n_in - 1) end as variance,
        s_in / nullif(n_in, 0) - s_out / nullif(n_out, 0) as gap,
        sqrt(nullif(greatest(total - between_all, 0), 0) / nullif(n_all - 2, 0)) as spread
    from sums
),

compared as (
    select
        *,
        gap / spread as difference,
        -- Hedges and Olkin, 1985
        {{ normal_95() }}e0 * sqrt(
            (n_in + n_out) / nullif(n_in * n_out, 0)
            + (gap / spread) * (gap / spread) / (2 * nullif(n_all, 0))
        ) as reach
    from measured
),

today as (
    select as_of_date
    from dates
    where is_current
),

final as (
    select
        compared.segment,
        compared.feature,
        today.as_of_date,
        cast(compared.n_in as bigint) as known_contacts,
        {{ ten_digits('compared.mean') | indent(8) }} as mean,
        {{ ten_digits('compared.variance') | indent(8) }} as variance,
        {{ ten_digits('compared.other_mean') | indent(8) }} as other_mean,
        compared.difference,
        compared.difference - compared.reach as difference_low,
        compared.difference + compared.reach as difference_high,
        compared.between_all / nullif(compared.total, 0) as eta_squared,
        compared.between_above / nullif(compared.total_above, 0) as eta_squared_in_parent,
        shifts.psi,
        shifts.psi_by_chance
    from compared
    cross join today
    left join shifts
        on compared.segment = shifts.segment and compared.feature = shifts.feature
)

select * from final
