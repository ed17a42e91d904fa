"""What people did, as the tables that segment rules are counted from."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import duckdb
import pyarrow as pa

UNKNOWN_OPEN_WEIGHT = 0.25
# event and signal -> kind in the stream, and fact of the day
KINDS = {
    ("open", "human"): ("human_open", "human_opens"),
    ("open", "unknown"): ("unknown_open", "unknown_opens"),
    ("open", "machine"): ("machine_open", "machine_opens"),
    ("click", "human"): ("human_click", "human_clicks"),
    ("click", "leave"): ("leave_click", "leave_clicks"),
    ("click", "machine"): ("bot_click", "machine_clicks"),
    ("order", None): ("order", "orders"),
    ("session", None): ("session", "sessions"),
    ("sent", None): ("send", "sends"),
    ("delivered", None): ("delivery", "deliveries"),
    ("bounce_hard", None): ("bounce_hard", "bounces_hard"),
    ("bounce_soft", None): ("bounce_soft", "bounces_soft"),
    ("unsubscribe", None): ("unsubscribe", "unsubscribes"),
    ("complaint", None): ("complaint", "complaints"),
}
_FACTS = ",\n".join(
    f"cast(sum(case when kind = '{kind}' then quantity else 0 end) as bigint) as {fact}"
    for kind, fact in KINDS.values()
)
_TABLES = f"""
create table int_campaigns__unified as
    select distinct campaign_type as campaign_id, campaign_type from events
    union all select 'untyped', null;
create table int_contact_activity__stream as
    select
        contact_id, day as activity_date, kind, 1 as quantity,
        case when event in ('order', 'session') then null
            else coalesce(campaign_type, 'untyped') end as campaign_id
    from events;
create table int_contact_activity__daily as
    select contact_id, activity_date, {_FACTS}
    from int_contact_activity__stream group by all;
create table int_activity_days as
    select distinct activity_date from int_contact_activity__stream;
create table signal_weights as
    select 'unknown' as quality, 'open' as signal, {UNKNOWN_OPEN_WEIGHT} as weight;
"""
_EVENT = pa.schema(
    [
        ("contact_id", pa.string()),
        ("event", pa.string()),
        ("day", pa.date32()),
        ("campaign_type", pa.string()),
        ("kind", pa.string()),
    ]
)


Happened = Mapping[str, Iterable[Mapping[str, Any]]]


def write_events(connection: duckdb.DuckDBPyConnection, events: Happened) -> None:
    """Writes all that counts are made of, from what each contact did."""
    rows = [
        {"contact_id": contact, **event, "kind": KINDS[event["event"], event["signal"]][0]}
        for contact, those in events.items()
        for event in those
    ]
    connection.register("happened", pa.Table.from_pylist(rows, schema=_EVENT))
    connection.execute("create table events as select * from happened")
    connection.execute(_TABLES)


def warehouse(
    people: Sequence[Mapping[str, Any]], schema: pa.Schema, events: Happened
) -> duckdb.DuckDBPyConnection:
    """A database with the features of people and all that counts of their events are made of."""
    connection = duckdb.connect()
    connection.register("given", pa.Table.from_pylist(list(people), schema=schema))
    connection.execute("create table int_contact_features as select * from given")
    connection.execute(
        "create table int_as_of_dates as select distinct as_of_date from int_contact_features"
    )
    write_events(connection, events)
    return connection
