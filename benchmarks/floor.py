"""The floor: one hand-written DuckDB script from the same files to the same tables.

It knows the files, so it does without what a tool for any company needs: no ledger, no rejects,
no overlap between exports, no identity, no consent, no policies in tables, no gates and no tests.
What remains is the arithmetic: daily activity, window features, scores, RFM and inactivity at 13
dates. How far the project is from it is the price of everything else.

Run as `python -m benchmarks.floor <landing folder> <database>`.
"""

from __future__ import annotations

import sys
from pathlib import Path

import duckdb

WINDOWS = (30, 90, 180, 365)
COUNTED = (
    "sends",
    "human_opens",
    "unknown_opens",
    "human_clicks",
    "sessions",
    "session_seconds",
    "page_views",
    "orders",
    "revenue",
)

_FACTS = """
create table contacts as
select
    contact_id,
    lower(trim(email)) as email,
    cast(birth_date as date) as birth_date,
    country_code,
    sector,
    cast(created_at as timestamp) as created_at
from read_csv('{folder}/contacts.csv', all_varchar = true);

create table events as
select
    contact_id,
    campaign_id,
    event_type,
    cast(occurred_at as timestamp) as occurred_at,
    coalesce(user_agent like '%GoogleImageProxy%', false) as is_proxy
from read_csv('{folder}/email_events.csv', all_varchar = true);

create table orders as
select
    order_id,
    contact_id,
    cast(ordered_at as timestamp) as ordered_at,
    cast(net_amount as decimal(18, 4))
    - coalesce(cast(refunded_amount as decimal(18, 4)), 0) as revenue
from read_csv('{folder}/orders.csv', all_varchar = true)
where status in ('paid', 'refunded', 'partially_refunded');

create table sessions as
select
    contact_id,
    cast(started_at as timestamp) as started_at,
    cast(duration_seconds as integer) as seconds,
    cast(page_views as integer) as page_views
from read_csv('{folder}/web_sessions.csv', all_varchar = true);

create table daily as
with lines as (
    select
        contact_id, occurred_at as moment,
        case when event_type = 'sent' then 1 else 0 end as sends,
        case when event_type = 'open' and not is_proxy then 1 else 0 end as human_opens,
        case when event_type = 'open' and is_proxy then 1 else 0 end as unknown_opens,
        case when event_type = 'click' then 1 else 0 end as human_clicks,
        0 as sessions, 0 as session_seconds, 0 as page_views, 0 as orders, 0.0 as revenue
    from events
    union all
    select contact_id, started_at, 0, 0, 0, 0, 1, seconds, page_views, 0, 0.0 from sessions
    union all
    select contact_id, ordered_at, 0, 0, 0, 0, 0, 0, 0, 1, revenue from orders
)
select
    contact_id,
    cast(moment as date) as day,
    {sums},
    max(case when human_opens + human_clicks + sessions + orders > 0 then moment end) as engaged_at
from lines
group by contact_id, cast(moment as date)
order by contact_id, day;

create table gaps as
select
    contact_id,
    day,
    day - lag(day) over (partition by contact_id order by day) as gap
from daily
where engaged_at is not null;
"""

_SLICE = """
insert into features
with windows as (
    select
        contact_id,
        {windows},
        sum(orders) as orders_lifetime,
        sum(revenue) as revenue_lifetime,
        max(case when sends > 0 then day end) as last_send,
        max(case when human_opens > 0 then day end) as last_open,
        max(case when human_clicks > 0 then day end) as last_click,
        max(case when sessions > 0 then day end) as last_session,
        max(case when orders > 0 then day end) as last_order,
        max(case when engaged_at is not null then day end) as last_engagement,
        sum(case when day > date '{day}' - 365 then
            10 * human_opens * power(0.5, (date '{day}' - day) / 90.0)
            + 20 * human_clicks * power(0.5, (date '{day}' - day) / 90.0)
            + 50 * orders * power(0.5, (date '{day}' - day) / 180.0) end) as engagement_points
    from daily
    where day <= date '{day}'
    group by contact_id
),

rhythm as (
    select contact_id, median(gap) as own_cadence
    from gaps
    where day <= date '{day}' and gap is not null
    group by contact_id
),

since as (
    select daily.contact_id, sum(daily.sends) as sends_since
    from daily
    inner join windows on daily.contact_id = windows.contact_id
    where daily.day <= date '{day}'
        and daily.day > coalesce(windows.last_engagement, date '1900-01-01')
    group by daily.contact_id
),

cuts as (
    select
        quantile_cont(date '{day}' - last_order, [0.2, 0.4, 0.6, 0.8]) as recency,
        quantile_cont(orders_lifetime, [0.2, 0.4, 0.6, 0.8]) as frequency,
        quantile_cont(revenue_lifetime, [0.2, 0.4, 0.6, 0.8]) as monetary
    from windows
    where orders_lifetime > 0
)

select
    date '{day}' as as_of_date,
    contacts.contact_id,
    contacts.sector,
    contacts.country_code,
    date_diff('year', contacts.birth_date, date '{day}') as age,
    windows.* exclude (contact_id),
    rhythm.own_cadence,
    since.sends_since,
    40 * least(windows.human_opens_90d / nullif(windows.sends_90d, 0), 1)
    + 30 * least(windows.human_clicks_90d / 10.0, 1)
    + 30 * least(windows.session_seconds_90d / nullif(windows.sessions_90d, 0) / 300.0, 1)
        as engagement_score,
    5 - list_count(list_filter(cuts.recency, lambda c: date '{day}' - windows.last_order >= c + 1))
        as rfm_recency,
    1 + list_count(list_filter(cuts.frequency, lambda c: windows.orders_lifetime >= c + 1))
        as rfm_frequency,
    1 + list_count(list_filter(cuts.monetary, lambda c: windows.revenue_lifetime >= c + 1))
        as rfm_monetary,
    coalesce(date '{day}' - windows.last_engagement, 9999)
    > case contacts.sector when 'fashion' then 92 when 'luxury' then 365 else 183 end
    and coalesce(since.sends_since, 0) >= 5
    and coalesce(date '{day}' - windows.last_engagement > 2 * rhythm.own_cadence, true)
        as is_inactive
from contacts
left join windows on contacts.contact_id = windows.contact_id
left join rhythm on contacts.contact_id = rhythm.contact_id
left join since on contacts.contact_id = since.contact_id
cross join cuts
where contacts.created_at < date '{day}' + 1
"""

_FLAGS = """
create table segments as
select
    contact_id,
    as_of_date,
    engagement_score > 75 and revenue_365d > 500 and not is_inactive as vip,
    is_inactive as inactive,
    orders_365d > 0 and human_clicks_180d = 0 as cold_but_buying
from features
"""


def build(folder: Path, database: Path) -> None:
    """Builds the tables from the files under `folder/generic/main`."""
    sums = ",\n    ".join(f"sum({name}) as {name}" for name in COUNTED)
    with duckdb.connect(str(database)) as connection:
        connection.execute(_FACTS.format(folder=folder / "generic" / "main", sums=sums))
        row = connection.execute("select max(day) from daily").fetchone()
        assert row is not None
        month_ends = connection.execute(
            "select last_day(date_trunc('month', cast(? as date)) - to_months(cast(n as integer)))"
            " from range(1, 13) as months(n)",
            [row[0]],
        ).fetchall()
        for number, (day,) in enumerate([row, *month_ends]):
            windows = ",\n        ".join(
                f"sum(case when day > date '{day}' - {window} then {name} else 0 end)"
                f" as {name}_{window}d"
                for name in COUNTED
                for window in WINDOWS
            )
            statement = _SLICE.format(day=day, windows=windows)
            if number == 0:
                statement = statement.replace("insert into", "create table", 1)
                statement = statement.replace("features\n", "features as\n", 1)
            connection.execute(statement)
        connection.execute(_FLAGS)


if __name__ == "__main__":
    build(Path(sys.argv[1]), Path(sys.argv[2]))
