{%- set disabled = var('signal_rules_disabled', []) -%}
-- only the opens and clicks that a rule speaks about: what no rule names is human, and a narrow
-- table is cheaper than a second copy of every event
with rules as (
    select * from {{ ref('signal_rules') }}
    where
        is_enabled
        {%- if disabled %}
        and rule not in ('{{ disabled | join("', '") }}')
        {%- endif %}
),

-- read where it is used: a copy of every event would not fit in memory
events as {{ inline_cte() }} (
    select * from {{ ref('int_email_events__unified') }}
),

-- native flags: a rule with reasons speaks of these reasons only, one without of any
flagged as (
    select
        kinds.event_type,
        kinds.machine_reason,
        min(rules.priority) as priority
    from (
        select
            event_type,
            machine_reason
        from events
        where is_machine and event_type in ('open', 'click')
        group by event_type, machine_reason
    ) as kinds
    inner join rules
        on
            rules.method = 'native_flag'
            and rules.event_type in (kinds.event_type, 'both')
            and (
                rules.pattern is null
                or ',' || rules.pattern || ',' like '%,' || lower(kinds.machine_reason) || ',%'
            )
    group by kinds.event_type, kinds.machine_reason
),

-- patterns are matched once per distinct user agent and network, never per event
agents as (
    select
        agents_seen.event_type,
        agents_seen.user_agent,
        min(rules.priority) as priority
    from (
        select
            event_type,
            user_agent
        from events
        where user_agent is not null and event_type in ('open', 'click')
        group by event_type, user_agent
    ) as agents_seen
    inner join rules
        on
            rules.method = 'user_agent'
            and rules.event_type in (agents_seen.event_type, 'both')
            and lower(agents_seen.user_agent) like rules.pattern
    group by agents_seen.event_type, agents_seen.user_agent
),

networks as {{ materialized_cte() }} (
    select
        blocks.event_type,
        blocks.ip_block,
        min(rules.priority) as priority
    from (
        select
            event_type,
            {{ ip_block('ip') }} as ip_block
        from events
        where ip is not null and event_type in ('open', 'click')
        group by event_type, {{ ip_block('ip') }}
    ) as blocks
    inner join rules
        on
            rules.method = 'network'
            and rules.event_type in (blocks.event_type, 'both')
            and blocks.ip_block like rules.pattern
    group by blocks.event_type, blocks.ip_block
),

-- seconds since send: joining every open with every send is the costly way; a send in the same
-- stretch of time of the same campaign is needed first, and few opens have one
send_rules as (
    select
        priority,
        event_type,
        seconds
    from rules
    where method = 'seconds_since_send'
),

longest as (
    select max(seconds) + 1 as stretch
    from send_rules
    having max(seconds) is not null
),

stretches as (
    select
        sends.campaign_id,
        floor({{ epoch_seconds('sends.occurred_at') }} / longest.stretch) as stretch_number
    from events as sends
    cross join longest
    where
        sends.event_type = 'sent'
        and sends.time_precision = 'second'
        and sends.campaign_id is not null
    group by
        sends.campaign_id,
        floor({{ epoch_seconds('sends.occurred_at') }} / longest.stretch)
),

sending_stretches as (
    select
        campaign_id,
        stretch_number
    from stretches
    union
    select
        campaign_id,
        stretch_number + 1 as stretch_number
    from stretches
),

-- the number of the stretch is made before the join: an expression over both sides would make the
-- engine pair every reply of a campaign with every stretch of it
numbered_replies as (
    select
        replies.event_id,
        replies.event_type,
        replies.contact_id,
        replies.campaign_id,
        replies.occurred_at,
        floor({{ epoch_seconds('replies.occurred_at') }} / longest.stretch) as stretch_number
    from events as replies
    cross join longest
    where replies.event_type in ('open', 'click') and replies.time_precision = 'second'
),

near_sends as (
    select numbered_replies.*
    from numbered_replies
    inner join sending_stretches
        on
            numbered_replies.campaign_id = sending_stretches.campaign_id
            and numbered_replies.stretch_number = sending_stretches.stretch_number
),

soon_after_send as (
    select
        near_sends.event_id,
        min(send_rules.priority) as priority
    from events as sends
    inner join near_sends
        on
            sends.contact_id = near_sends.contact_id
            and sends.campaign_id = near_sends.campaign_id
            and sends.occurred_at <= near_sends.occurred_at
    inner join send_rules on send_rules.event_type in (near_sends.event_type, 'both')
    where
        sends.event_type = 'sent'
        and sends.time_precision = 'second'
        and {{ epoch_seconds('near_sends.occurred_at') }} - {{ epoch_seconds('sends.occurred_at') }}
        <= send_rules.seconds
    group by near_sends.event_id
),

-- all links at once: only recipients with enough clicks in one message are looked at
burst_rules as (
    select
        priority,
        seconds,
        minimum
    from rules
    where method = 'link_burst'
),

many_clicks as {{ materialized_cte() }} (
    select
        clicks.contact_id,
        clicks.campaign_id
    from events as clicks
    inner join (select min(minimum) as minimum from burst_rules) as burst_rules
        on burst_rules.minimum is not null
    where
        clicks.event_type = 'click'
        and clicks.time_precision = 'second'
        and clicks.contact_id is not null
        and clicks.campaign_id is not null
    group by clicks.contact_id, clicks.campaign_id
    having count(*) >= min(burst_rules.minimum)
),

link_clicks as {{ materialized_cte() }} (
    select
        clicks.event_id,
        clicks.contact_id,
        clicks.campaign_id,
        clicks.url,
        {{ epoch_seconds('clicks.occurred_at') }} as clicked_second
    from events as clicks
    inner join many_clicks
        on
            clicks.contact_id = many_clicks.contact_id
            and clicks.campaign_id = many_clicks.campaign_id
    where clicks.event_type = 'click' and clicks.time_precision = 'second'
),

burst_starts as (
    select
        starts.contact_id,
        starts.campaign_id,
        starts.clicked_second,
        burst_rules.priority,
        burst_rules.seconds
    from link_clicks as starts
    cross join burst_rules
    inner join link_clicks as followers
        on
            starts.contact_id = followers.contact_id
            and starts.campaign_id = followers.campaign_id
            and followers.clicked_second >= starts.clicked_second
            and followers.clicked_second <= starts.clicked_second + burst_rules.seconds
    group by
        starts.contact_id,
        starts.campaign_id,
        starts.clicked_second,
        burst_rules.priority,
        burst_rules.seconds
    having count(distinct followers.url) >= min(burst_rules.minimum)
),

links_at_once as (
    select
        link_clicks.event_id,
        min(burst_starts.priority) as priority
    from link_clicks
    inner join burst_starts
        on
            link_clicks.contact_id = burst_starts.contact_id
            and link_clicks.campaign_id = burst_starts.campaign_id
            and link_clicks.clicked_second >= burst_starts.clicked_second
            and link_clicks.clicked_second <= burst_starts.clicked_second + burst_starts.seconds
    group by link_clicks.event_id
),

-- one network, many recipients: counted on two grids of time half a window apart, so that a burst
-- is not missed for lying across a full minute
network_rules as (
    select
        rules.priority,
        rules.event_type,
        rules.seconds,
        rules.minimum,
        grids.grid
    from rules
    cross join (select 0 as grid union all select 1 as grid) as grids
    where rules.method = 'network_burst'
),

-- most networks never come near the number: they are left out before anything is paired or sorted
busy_networks as {{ materialized_cte() }} (
    select
        visits.campaign_id,
        {{ ip_block('visits.ip') }} as ip_block
    from events as visits
    inner join (select min(minimum) as minimum from network_rules) as network_rules
        on network_rules.minimum is not null
    where
        visits.event_type in ('open', 'click')
        and visits.time_precision = 'second'
        and visits.ip is not null
        and {{ ip_block('visits.ip') }} is not null
    group by visits.campaign_id, {{ ip_block('visits.ip') }}
    having count(*) >= min(network_rules.minimum)
),

public_networks as (
    select
        campaign_id,
        ip_block
    from busy_networks
    where {{ is_public_block('ip_block') }}
),

network_events as {{ materialized_cte() }} (
    select
        visits.event_id,
        visits.contact_id,
        visits.campaign_id,
        public_networks.ip_block,
        network_rules.priority,
        network_rules.grid,
        network_rules.minimum,
        floor(
            (
                {{ epoch_seconds('visits.occurred_at') }}
                + network_rules.grid * floor(network_rules.seconds / 2)
            ) / network_rules.seconds
        ) as grid_number
    from events as visits
    inner join public_networks
        on
            visits.campaign_id = public_networks.campaign_id
            and {{ ip_block('visits.ip') }} = public_networks.ip_block
    inner join network_rules on network_rules.event_type in (visits.event_type, 'both')
    where visits.event_type in ('open', 'click') and visits.time_precision = 'second'
),

network_bursts as (
    select
        campaign_id,
        ip_block,
        priority,
        grid,
        grid_number
    from network_events
    group by campaign_id, ip_block, priority, grid, grid_number
    having count(distinct contact_id) >= min(minimum)
),

networks_at_once as (
    select
        network_events.event_id,
        min(network_events.priority) as priority
    from network_events
    inner join network_bursts
        on
            network_events.campaign_id = network_bursts.campaign_id
            and network_events.ip_block = network_bursts.ip_block
            and network_events.priority = network_bursts.priority
            and network_events.grid = network_bursts.grid
            and network_events.grid_number = network_bursts.grid_number
    group by network_events.event_id
),

judged as (
    select
        events.event_id,
        least(
            flagged.priority,
            agents.priority,
            networks.priority,
            soon_after_send.priority,
            links_at_once.priority,
            networks_at_once.priority
        ) as priority
    from events
    left join flagged
        on
            events.is_machine
            and events.event_type = flagged.event_type
            and coalesce(events.machine_reason, '') = coalesce(flagged.machine_reason, '')
    left join agents
        on
            events.user_agent = agents.user_agent
            and events.event_type = agents.event_type
    left join networks
        on
            {{ ip_block('events.ip') }} = networks.ip_block
            and events.event_type = networks.event_type
    left join soon_after_send on events.event_id = soon_after_send.event_id
    left join links_at_once on events.event_id = links_at_once.event_id
    left join networks_at_once on events.event_id = networks_at_once.event_id
    where events.event_type in ('open', 'click')
),

final as (
    select
        judged.event_id,
        rules.quality as signal_quality,
        rules.rule as signal_rule
    from judged
    inner join rules on judged.priority = rules.priority
)

select * from final
