"""The simulator's SQL: DuckDB, on a built warehouse that is only read.

`SILENCES` fills one temporary table; the other queries read it and give a row per threshold and
group of contacts, so that what reaches Python is small however many contacts there are. Each joins
the daily facts once. Curly fields are whole numbers, dates, column names and a time zone that
`history.py` has checked.
"""

TABLES = (
    "int_as_of_dates",
    "int_contact_activity__daily",
    "int_contact_states",
    "int_contact_timelines",
    "int_email_events__unified",
    "int_campaigns__unified",
    "inactivity_flags",
    "inactivity_policies",
)

POLICIES = """
    select
        policy,
        idle_days,
        uses_opens,
        uses_clicks,
        uses_sessions,
        uses_orders,
        idle_days_opens is not null or idle_days_clicks is not null
        or idle_days_sessions is not null or idle_days_orders is not null as has_own_limits
    from inactivity_policies
    order by policy
"""

# which kinds of activity are known from when until when; null: never
COVERAGE = """
    with days as (
        select
            activity_date,
            sends + deliveries + human_opens + unknown_opens + machine_opens + human_clicks
            + machine_clicks > 0 as has_email,
            sends > 0 as has_sends,
            complaints > 0 as has_complaints,
            unsubscribes > 0 as has_unsubscribes,
            sessions > 0 as has_sessions,
            orders > 0 as has_orders
        from int_contact_activity__daily
        where activity_date <= date '{as_of_date}'
    )

    select
        max(activity_date) as until,
        min(case when has_email then activity_date end) as email_from,
        max(case when has_email then activity_date end) as email_until,
        min(case when has_sessions then activity_date end) as sessions_from,
        max(case when has_sessions then activity_date end) as sessions_until,
        min(case when has_orders then activity_date end) as orders_from,
        max(case when has_orders then activity_date end) as orders_until,
        coalesce(bool_or(has_sends), false) as has_sends,
        coalesce(bool_or(has_complaints), false) as has_complaints,
        coalesce(bool_or(has_unsubscribes), false) as has_unsubscribes,
        (
            select count(*) > 0
            from int_campaigns__unified
            where campaign_type = 'reactivation'
        ) as has_reactivations
    from days
"""

# everybody whom the policy can judge today, and those among them who are judged by it
POPULATION = """
    select
        count(case when is_current_policy then 1 end) as in_sector,
        count(case when is_current_policy then is_inactive end) as judged_in_sector,
        count(is_inactive) as judged
    from inactivity_flags
    where as_of_date = date '{as_of_date}' and policy = '{policy}'
"""

# One row per silence that began from `starts` to `ends` and reached the shortest threshold.
# `reached_days` is the longest threshold that would have declared it: the declaration for T days is
# made at the end of day began + T + 1, when more than T whole days have passed, as in the verdicts.
# `reached_before` is the longest of the contact's silences before it: it is the contact's first
# declaration for the thresholds above that and up to its own.
SILENCES = """
    create or replace temporary table simulated_silences as
    with population as (
        select flags.contact_id
        from inactivity_flags as flags
        where
            flags.as_of_date = date '{as_of_date}'
            and flags.policy = '{policy}'
            and flags.is_inactive is not null
            and (flags.is_current_policy or {is_everybody})
    ),

    heard as (
        select
            population.contact_id,
            {first_day} as first_day,
            coalesce(len(timelines.send_dates), 0) > 0 as has_sends,
            list_filter(
                list_sort(list_distinct({signals})), lambda day: day <= date '{until}'
            ) as signals
        from population
        inner join int_contact_states as states
            on
                population.contact_id = states.contact_id
                and states.as_of_date = date '{as_of_date}'
        left join int_contact_timelines as timelines
            on population.contact_id = timelines.contact_id
    ),

    -- who was never heard of before is silent from the day they were first seen
    marked as (
        select
            contact_id,
            has_sends,
            coalesce(signals[1] > first_day, first_day is not null) as starts_unheard,
            case
                when coalesce(signals[1] > first_day, first_day is not null)
                    then list_prepend(first_day, signals)
                else signals
            end as marks
        from heard
    ),

    spells as (
        select
            contact_id,
            has_sends,
            starts_unheard,
            marks[1] as first_mark,
            unnest(marks) as began,
            unnest(marks[2:]) as ended
        from marked
    ),

    reached as (
        select
            contact_id,
            has_sends,
            starts_unheard and began = first_mark as is_unheard,
            began,
            ended,
            cast(
                case when ended is null then date '{until}' - began - 1 else ended - began - 2 end
                as integer
            ) as reached_days
        from spells
        where began between date '{starts}' and date '{ends}'
    ),

    silences as (
        select
            *,
            coalesce(
                max(reached_days) over (
                    partition by contact_id order by began
                    rows between unbounded preceding and 1 preceding
                ),
                0
            ) as reached_before
        from reached
        where reached_days >= {shortest}
    ),

    reactivations as (
        select distinct
            events.contact_id,
            cast((events.occurred_at at time zone 'UTC') at time zone '{zone}' as date) as sent_on
        from int_email_events__unified as events
        inner join int_campaigns__unified as campaigns
            on events.campaign_id = campaigns.campaign_id
        where campaigns.campaign_type = 'reactivation' and events.event_type = 'sent'
    ),

    reactivated as (
        select
            silences.contact_id,
            silences.began,
            min(reactivations.sent_on) as reactivated_on
        from silences
        inner join reactivations
            on
                silences.contact_id = reactivations.contact_id
                and reactivations.sent_on > silences.began
                and reactivations.sent_on <= coalesce(silences.ended, date '{until}')
        group by silences.contact_id, silences.began
    )

    select
        silences.*,
        reactivated.reactivated_on,
        -- the group of the contact: the same on every machine
        cast(('0x' || left(md5(silences.contact_id), 7)) as integer) % {groups} as draw_group
    from silences
    left join reactivated
        on
            silences.contact_id = reactivated.contact_id
            and silences.began = reactivated.began
"""

DECLARED = """
    with thresholds as (
        select unnest({thresholds}) as days
    ),

    declared as (
        select
            thresholds.days,
            silences.draw_group,
            silences.is_unheard,
            silences.has_sends,
            silences.reactivated_on,
            silences.ended,
            silences.began + thresholds.days + 1 + {follow_up} as followed_until
        from simulated_silences as silences
        inner join thresholds
            on
                silences.reached_before < thresholds.days
                and silences.reached_days >= thresholds.days
    )

    select
        days,
        draw_group,
        count(*) as declared,
        count(case when is_unheard then 1 end) as never_heard,
        count(case when ended <= followed_until and reactivated_on is null then 1 end) as returned,
        count(case when ended <= followed_until and reactivated_on is not null then 1 end)
            as reactivated,
        count(case when ended > followed_until then 1 end) as returned_later,
        count(case when ended is null then 1 end) as lost,
        count(case when ended is null and has_sends then 1 end) as lost_mailed
    from declared
    group by days, draw_group
"""

# what those who came back by themselves bought in the follow-up of their declaration
REVENUE = """
    with thresholds as (
        select unnest({thresholds}) as days
    ),

    returns as (
        select *
        from simulated_silences
        where ended is not null and reactivated_on is null and reached_days > reached_before
    ),

    bought as (
        select
            returns.draw_group,
            returns.began,
            returns.ended,
            returns.reached_before,
            returns.reached_days,
            daily.activity_date,
            cast(daily.revenue as double) as revenue
        from int_contact_activity__daily as daily
        inner join returns on daily.contact_id = returns.contact_id
        where
            daily.revenue <> 0
            and daily.activity_date > returns.began + {shortest} + 1
            and daily.activity_date <= returns.began + {longest} + 1 + {follow_up}
    )

    select
        thresholds.days,
        bought.draw_group,
        sum(bought.revenue) as revenue
    from bought
    inner join thresholds
        on
            bought.reached_before < thresholds.days
            and bought.reached_days >= thresholds.days
            and bought.ended <= bought.began + thresholds.days + 1 + {follow_up}
            and bought.activity_date > bought.began + thresholds.days + 1
            and bought.activity_date <= bought.began + thresholds.days + 1 + {follow_up}
    group by thresholds.days, bought.draw_group
"""

# Messages to the lost until their declaration. A contact has one silence without an end at most;
# `all_…` counts it for every threshold, also where an earlier one was the contact's declaration.
SENDS = """
    with thresholds as (
        select unnest({thresholds}) as days
    ),

    received as (
        select
            lost.draw_group,
            lost.reached_before,
            daily.activity_date - lost.began as silent_days,
            daily.sends
        from int_contact_activity__daily as daily
        inner join simulated_silences as lost on daily.contact_id = lost.contact_id
        where
            lost.ended is null
            and daily.sends > 0
            and daily.activity_date > lost.began
            and daily.activity_date <= lost.began + {longest} + 1
    ),

    -- summed by day of the silence first: the thresholds then meet few rows
    by_day as (
        select
            draw_group,
            reached_before,
            silent_days,
            sum(sends) as sends
        from received
        group by draw_group, reached_before, silent_days
    )

    select
        thresholds.days,
        by_day.draw_group,
        coalesce(
            sum(case when by_day.reached_before < thresholds.days then by_day.sends end), 0
        ) as sends,
        sum(by_day.sends) as all_sends
    from by_day
    inner join thresholds on by_day.silent_days <= thresholds.days + 1
    group by thresholds.days, by_day.draw_group
"""

# contacts, not events: who complained twice is one
COMPLAINTS = """
    with thresholds as (
        select unnest({thresholds}) as days
    ),

    told as (
        select
            lost.contact_id,
            any_value(lost.draw_group) as draw_group,
            any_value(lost.reached_before) as reached_before,
            min(case when daily.complaints > 0 then daily.activity_date - lost.began end)
                as complained_after,
            min(case when daily.unsubscribes > 0 then daily.activity_date - lost.began end)
                as unsubscribed_after
        from int_contact_activity__daily as daily
        inner join simulated_silences as lost on daily.contact_id = lost.contact_id
        where
            lost.ended is null
            and lost.has_sends
            and (daily.complaints > 0 or daily.unsubscribes > 0)
            and daily.activity_date > lost.began
            and daily.activity_date <= lost.began + {longest} + 1
        group by lost.contact_id
    )

    select
        thresholds.days,
        told.draw_group,
        count(
            case
                when told.reached_before < thresholds.days
                    and told.complained_after <= thresholds.days + 1
                    then 1
            end
        ) as complained,
        count(
            case
                when told.reached_before < thresholds.days
                    and told.unsubscribed_after <= thresholds.days + 1
                    then 1
            end
        ) as unsubscribed,
        count(case when told.complained_after <= thresholds.days + 1 then 1 end)
            as all_complained
    from told
    cross join thresholds
    group by thresholds.days, told.draw_group
"""

# Revenue of the days that begin with each return, as many as the follow-up has. A day within reach
# of two returns counts once, for every threshold that would have declared either.
AT_STAKE = """
    with thresholds as (
        select unnest({thresholds}) as days
    ),

    bought as (
        select
            daily.contact_id,
            daily.activity_date,
            any_value(returns.draw_group) as draw_group,
            max(returns.reached_days) as reached_days,
            any_value(cast(daily.revenue as double)) as revenue
        from int_contact_activity__daily as daily
        inner join simulated_silences as returns on daily.contact_id = returns.contact_id
        where
            daily.revenue <> 0
            and daily.activity_date <= date '{until}'
            and returns.reactivated_on is null
            and daily.activity_date >= returns.ended
            and daily.activity_date < returns.ended + {follow_up}
        group by daily.contact_id, daily.activity_date
    )

    select
        thresholds.days,
        bought.draw_group,
        sum(bought.revenue) as at_stake
    from bought
    inner join thresholds on bought.reached_days >= thresholds.days
    group by thresholds.days, bought.draw_group
"""
