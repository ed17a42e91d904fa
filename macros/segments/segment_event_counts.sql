{#- The counts behind event leaves, in SQL. `columns` is what segment_event_columns() found. -#}

{#- Days as literals. -#}
{% macro segment_dates(dates) %}
    {%- set literals = [] -%}
    {%- for day in dates -%}
        {%- do literals.append(segment_literal(day, 'date')) -%}
    {%- endfor -%}
    {%- do return(literals | join(', ') or 'null') -%}
{% endmacro %}

{#- The counts of the dates that `dates`, a select of as_of_date, gives; `mails` is what segment_mails() selects. -#}
{% macro segment_event_counts(columns, dates, mails) %}
    {%- set windows = columns.values() | map(attribute='within_days') | list -%}
    {%- set expressions = {} -%}
    {%- for name, column in columns.items() -%}
        {%- do expressions.update({name: segment_event_sum(column)}) -%}
    {%- endfor -%}
with dates as (
    {{ dates }}
),

windows as (
    select
        days.activity_date,
        dates.as_of_date,
        {{ days_between('days.activity_date', 'dates.as_of_date') }} as age
    from {{ ref('int_activity_days') }} as days
    inner join dates
        on
            days.activity_date <= dates.as_of_date
            {%- if none not in windows %}
            and days.activity_date > {{ days_after('dates.as_of_date', -(windows | max)) }}
            {%- endif %}
),

unknown_opens as (
    select
        coalesce(max(case when quality = 'unknown' and signal = 'open' then weight end), 0)
            as unknown_open_weight
    from {{ ref('signal_weights') }}
),

activity as (
    {{ segment_activity(columns, mails) }}
),

counted as (
    select
        activity.contact_id,
        windows.as_of_date,
        {%- for name, sql in expressions.items() %}
        {{ sql }} as {{ name }}{{ ',' if not loop.last }}
        {%- endfor %}
    from activity
    inner join windows on activity.activity_date = windows.activity_date
    cross join unknown_opens
    group by activity.contact_id, windows.as_of_date
)

select * from counted
where {{ columns | join(' + ') }} > 0
{%- endmacro %}

{#- The sum of one count over `activity` in its windows; whole unless unknown opens have a weight. -#}
{% macro segment_event_sum(column) %}
    {%- set conditions = [] -%}
    {%- if column['within_days'] is not none -%}
        {%- do conditions.append('windows.age < ' ~ column['within_days']) -%}
    {%- endif -%}
    {%- if column['campaign_types'] -%}
        {%- do conditions.append("activity.campaign_type in ('" ~ column['campaign_types'] | join("', '") ~ "')") -%}
    {%- else -%}
        {%- do conditions.append('activity.campaign_type is null') -%}
    {%- endif -%}
    {%- set facts = segment_event_kinds()[column['event']][column['signal']] | join(' + ') -%}
    {%- set total = 'sum(case when ' ~ conditions | join(' and ') ~ ' then ' ~ facts ~ ' else 0e0 end)' -%}
    {%- do return('round(' ~ total ~ ', 4)' if '*' in facts else 'cast(' ~ total ~ ' as bigint)') -%}
{% endmacro %}

{#- The names of the daily facts that counts add up: with campaign types, or without. -#}
{% macro segment_event_facts(columns, of_campaigns) %}
    {%- set facts = [] -%}
    {%- for column in columns.values() if (column['campaign_types'] != []) == of_campaigns -%}
        {%- for term in segment_event_kinds()[column['event']][column['signal']] -%}
            {%- do facts.append(term.split(' ')[0]) -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- do return(facts | unique | sort | list) -%}
{% endmacro %}

{#- The activity that the counts add up: daily facts without a campaign type, and e-mail events with it. Each is read
    only where some count needs it. -#}
{% macro segment_activity(columns, mails) %}
    {%- set daily = segment_event_facts(columns, false) -%}
    {%- set typed = segment_event_facts(columns, true) -%}
    {%- set kinds = segment_fact_kinds() -%}
    {%- set facts = (daily + typed) | unique | sort | list -%}
    {%- if daily -%}
select
    contact_id,
    activity_date,
    cast(null as {{ dbt.type_string() }}) as campaign_type
    {%- for fact in facts %},
    cast({{ fact if fact in daily else 0 }} as double) as {{ fact }}
    {%- endfor %}
from {{ ref('int_contact_activity__daily') }}
where {{ daily | join(' + ') }} > 0
    {%- endif -%}
    {%- if daily and typed %}
union all
    {% endif -%}
    {%- if typed -%}
select
    contact_id,
    activity_date,
    campaign_type
    {%- for fact in facts %},
    {{ "cast(case when kind = '" ~ kinds[fact] ~ "' then quantity else 0 end as double)" if fact in typed else '0e0' }} as {{ fact }}
    {%- endfor %}
from {{ mails }} as mails
    {%- endif -%}
{% endmacro %}

{#- Daily fact -> kind of activity in the stream, for those that belong to campaigns. -#}
{% macro segment_fact_kinds() %}
    {%- do return({
        'sends': 'send', 'deliveries': 'delivery', 'human_opens': 'human_open',
        'unknown_opens': 'unknown_open', 'machine_opens': 'machine_open',
        'human_clicks': 'human_click', 'leave_clicks': 'leave_click', 'machine_clicks': 'bot_click',
        'bounces_hard': 'bounce_hard', 'bounces_soft': 'bounce_soft',
        'unsubscribes': 'unsubscribe', 'complaints': 'complaint',
    }) -%}
{% endmacro %}

{#- The e-mail events that counts by campaign type add up, one row each; no row where there is no such count. -#}
{% macro segment_mails(columns) %}
    {%- set types = columns.values() | map(attribute='campaign_types') | sum(start=[]) | unique | sort -%}
    {%- set kinds = [] -%}
    {%- for fact in segment_event_facts(columns, true) -%}
        {%- do kinds.append(segment_fact_kinds()[fact]) -%}
    {%- endfor -%}
select
    activity.contact_id,
    activity.activity_date,
    campaigns.campaign_type,
    activity.kind,
    activity.quantity
from {{ ref('int_contact_activity__stream') }} as activity
inner join {{ ref('int_campaigns__unified') }} as campaigns
    on activity.campaign_id = campaigns.campaign_id
where
    {{ "activity.kind in ('" ~ kinds | join("', '") ~ "')" if kinds else 'false' }}
    {{ "and campaigns.campaign_type in ('" ~ types | join("', '") ~ "')" if kinds }}
{%- endmacro %}
