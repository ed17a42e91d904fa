{{ config(materialized='sliced', slices_from='int_contact_states') }}

with states as (
    select * from {{ ref('int_contact_states') }}
    where as_of_date = {{ slice_date() }}
),

contacts as (
    select * from {{ ref('int_contacts__resolved') }}
),

timelines as (
    select * from {{ ref('int_contact_timelines') }}
),

policies as (
    select * from {{ ref('inactivity_policies') }}
),

as_of_dates as (
    select * from {{ ref('int_as_of_dates') }}
    where as_of_date = {{ slice_date() }}
),

judged as (
    select
        states.*,
        as_of_dates.is_current,
        coalesce(states.known_since, states.data_since) as silent_since,
        timelines.send_dates,
        {% if var('inactivity_policy', none) is not none -%}
        '{{ var("inactivity_policy") }}' as current_policy
        {%- else -%}
        coalesce(own_policy.policy, '{{ var("sector") }}') as current_policy
        {%- endif %}
    from states
    inner join contacts on states.contact_id = contacts.contact_id
    cross join as_of_dates
    left join timelines on states.contact_id = timelines.contact_id
    {% if var('inactivity_policy', none) is none -%}
    left join policies as own_policy on lower(trim(contacts.sector)) = own_policy.policy
    {%- endif %}
),

-- every policy where the date is current, the contact's own one on the dates before
admitted as (
    select
        judged.contact_id,
        judged.as_of_date,
        judged.silent_since,
        judged.known_since,
        judged.is_open_tracking_allowed,
        judged.send_dates,
        judged.sends_lifetime,
        policies.policy,
        policies.policy = judged.current_policy as is_current_policy,
        policies.cadence_multiple,
        policies.grace_days,
        policies.legal_max_days,
        policies.sends_counted,
        policies.min_sends,
        policies.min_sends_never_engaged,
        policies.uses_opens,
        policies.uses_opens and judged.is_open_collected as admits_opens,
        policies.uses_clicks and judged.is_click_collected as admits_clicks,
        policies.uses_sessions and judged.is_session_collected as admits_sessions,
        policies.uses_orders and judged.is_order_collected as admits_orders,
        coalesce(policies.idle_days_opens, policies.idle_days) as open_limit,
        coalesce(policies.idle_days_clicks, policies.idle_days) as click_limit,
        coalesce(policies.idle_days_sessions, policies.idle_days) as session_limit,
        coalesce(policies.idle_days_orders, policies.idle_days) as order_limit,
        judged.last_open_date,
        judged.last_click_date,
        judged.last_session_date,
        judged.last_order_date,
        case
            when policies.uses_opens or policies.uses_clicks or policies.uses_sessions
                then judged.median_days_between_engagements
            else judged.median_days_between_orders
        end as own_cadence_days
    from judged
    inner join policies
        on policies.policy = judged.current_policy or judged.is_current
),

heard as (
    select
        *,
        case when admits_opens then last_open_date end as open_date,
        case when admits_clicks then last_click_date end as click_date,
        case when admits_sessions then last_session_date end as session_date,
        case when admits_orders then last_order_date end as order_date,
        case when admits_opens then open_limit end as own_open_limit,
        case when admits_clicks then click_limit end as own_click_limit,
        case when admits_sessions then session_limit end as own_session_limit,
        case when admits_orders then order_limit end as own_order_limit
    from admitted
),

last_heard as (
    select
        *,
        {{ latest_of(['open_date', 'click_date', 'session_date', 'order_date']) }}
            as last_signal_date,
        {{ days_after('open_date', 'open_limit') }} as open_ends,
        {{ days_after('click_date', 'click_limit') }} as click_ends,
        {{ days_after('session_date', 'session_limit') }} as session_ends,
        {{ days_after('order_date', 'order_limit') }} as order_ends,
        {{ latest_of([
            'own_open_limit', 'own_click_limit', 'own_session_limit', 'own_order_limit',
        ]) }} as longest_limit
    from heard
),

limits as (
    select
        *,
        -- without a limit in days, messages decide alone: then some must be known
        (admits_opens or admits_clicks or admits_sessions or admits_orders)
        and (longest_limit is not null or sends_lifetime > 0) as can_be_judged,
        coalesce(last_signal_date, silent_since) as silence_starts,
        -- the retention clock: a person's own act, which an open is not
        coalesce(
            {{ latest_of(['click_date', 'session_date', 'order_date']) }}, silent_since
        ) as legal_silence_starts,
        -- the last day on which an admissible signal is still young enough
        case
            when last_signal_date is null
                then {{ days_after('silent_since', 'longest_limit') }}
            else {{ latest_of(['open_ends', 'click_ends', 'session_ends', 'order_ends']) }}
        end as idle_ends,
        -- rounded first: 1.4 * 45 is a little less than 63 in floating numbers
        case
            when last_signal_date is not null
                then {{ days_after(
                    'last_signal_date', 'floor(round(cadence_multiple * own_cadence_days, 6))'
                ) }}
        end as cadence_ends,
        -- messages decide only for those known to receive some
        case
            when sends_lifetime = 0 then null
            when last_signal_date is null then coalesce(min_sends_never_engaged, min_sends)
            else min_sends
        end as sends_needed,
        {{ list_until(list_after('send_dates', 'last_signal_date'), 'as_of_date') }}
            as sends_after_signal
    from last_heard
),

conditions as (
    select
        *,
        {{ days_between('silence_starts', 'as_of_date') }} as days_inactive,
        {{ list_length('sends_after_signal') }} as sends_since_signal,
        {{ latest_of(['idle_ends', 'cadence_ends']) }} as quiet_ends,
        case
            when coalesce(sends_needed, 0) = 0 then null
            when sends_counted = 'all_time' then {{ list_element('send_dates', 'sends_needed') }}
            else {{ list_element('sends_after_signal', 'sends_needed') }}
        end as enough_sends_date,
        {{ days_after('known_since', 'grace_days') }} as grace_ends
    from limits
),

verdicts as (
    select
        *,
        -- without a limit in days the messages decide; without both, nothing makes silence quiet
        coalesce(quiet_ends < as_of_date, coalesce(sends_needed, 0) > 0) as is_quiet,
        coalesce(sends_needed, 0) = 0
        or coalesce(enough_sends_date <= as_of_date, false) as has_enough_sends,
        coalesce(grace_ends > as_of_date, false) as is_newcomer
    from conditions
),

final as (
    select
        contact_id,
        as_of_date,
        policy,
        is_current_policy,
        case when can_be_judged then is_quiet and has_enough_sends and not is_newcomer end
            as is_inactive,
        case
            when can_be_judged and is_quiet and has_enough_sends and not is_newcomer
                then {{ latest_of([
                    days_after('quiet_ends', '1'), 'enough_sends_date', 'grace_ends',
                ]) }}
        end as inactive_since,
        case when can_be_judged then days_inactive end as days_inactive,
        case when sends_lifetime > 0 then sends_since_signal end as sends_since_last_engagement,
        own_cadence_days,
        case
            when not can_be_judged then null
            when last_signal_date is null then 'first_seen'
            when order_date = last_signal_date and idle_ends is null then 'order'
            when click_date = last_signal_date and idle_ends is null then 'click'
            when session_date = last_signal_date and idle_ends is null then 'session'
            when idle_ends is null then 'open'
            when order_ends = idle_ends then 'order'
            when click_ends = idle_ends then 'click'
            when session_ends = idle_ends then 'session'
            else 'open'
        end as deciding_signal,
        case
            when can_be_judged and legal_max_days is not null
                then coalesce(
                    {{ days_between('legal_silence_starts', 'as_of_date') }} > legal_max_days,
                    false
                )
        end as is_past_legal_max,
        {{ inactivity_reason() }} as reason
    from verdicts
)

select * from final
