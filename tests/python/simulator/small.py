"""A built warehouse in miniature: contacts whose every day is written down."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

FIRST_DAY = date(2025, 1, 1)
LAST_DAY = 100
COPIES = 5

COUNTS = (
    "sends",
    "deliveries",
    "human_opens",
    "unknown_opens",
    "machine_opens",
    "human_clicks",
    "machine_clicks",
    "complaints",
    "unsubscribes",
    "sessions",
    "orders",
)


def day(number: int) -> date:
    """The date of a day: day 0 is the first of the data."""
    return FIRST_DAY + timedelta(days=number)


@dataclass
class Contact:
    """Days of what somebody did and received, counted from the first day of the data."""

    known: int | None = 0
    opens: Iterable[int] = ()
    clicks: Iterable[int] = ()
    sessions: Iterable[int] = ()
    orders: dict[int, float] = field(default_factory=dict)
    sends: Iterable[int] = ()
    machine_opens: Iterable[int] = ()
    complaints: Iterable[int] = ()
    unsubscribes: Iterable[int] = ()
    # times of messages of a campaign of type reactivation, UTC
    reactivations: Iterable[datetime] = ()
    policy: str = "fashion"
    is_judged: bool = True

    def counts(self) -> dict[int, dict[str, int]]:
        found: dict[int, dict[str, int]] = {}
        for name, days in (
            ("human_opens", self.opens),
            ("machine_opens", self.machine_opens),
            ("human_clicks", self.clicks),
            ("sessions", self.sessions),
            ("orders", self.orders),
            ("sends", self.sends),
            ("complaints", self.complaints),
            ("unsubscribes", self.unsubscribes),
        ):
            for number in days:
                row = found.setdefault(number, dict.fromkeys(COUNTS, 0))
                row[name] += 1
        return found


def at(number: int, hour: int = 12, minute: int = 0) -> datetime:
    """A time of a day, UTC."""
    return datetime.combine(day(number), time(hour, minute))


def alive(start: int) -> list[int]:
    """Days ten apart, until the end: never silent for ten whole days."""
    return [*range(start, LAST_DAY, 10), LAST_DAY]


# Thresholds of 10, 20, 30 days with 10 days of follow-up: the window of silences is day 0 to 59.
PEOPLE = {
    # silent for 11 whole days after day 5: declared at the end of day 16, back on day 17; 40 and 5
    # are bought within ten days of that, 100 on the eleventh
    "ann": Contact(orders={0: 1, 5: 1, 17: 40, 25: 5, 27: 100}, sessions=[0], clicks=alive(35)),
    # lost on day 3, by a policy's measure on day 14, 24 and 34
    "bob": Contact(
        opens=[3], sends=[3, 5, 14, 15, 24, 34, 35, 90], complaints=[14], unsubscribes=[25]
    ),
    # back on the day on which ten days would be over: never declared
    "cat": Contact(clicks=[0, 10, *alive(21)]),
    # back on the last day of the follow-up of ten days, and on the day of declaration of twenty
    "dan": Contact(clicks=[0, 10, 20, *alive(41)]),
    # a day later than dan
    "eve": Contact(clicks=[0, 10, 20], sessions=alive(42), orders={42: 7}),
    # two silences: back from the first, lost in the second
    "fay": Contact(clicks=[0, 13], sends=[20, 30]),
    # known since before the data: nobody knows since when he is silent
    "gil": Contact(known=-100, sends=[5]),
    # never gave a sign of life, and gets no mail
    "hal": Contact(known=8),
    # silent from the day after the window
    "ida": Contact(clicks=[*range(0, 60, 10), 60]),
    # back after a win-back message: what he buys is not the price of a rule
    "jon": Contact(clicks=[0, 10, 20, *alive(36)], orders={36: 50}, reactivations=[at(35)]),
    # silent from the last day of the window; a machine opened since, and a message came after all
    "kim": Contact(clicks=[*range(0, 60, 10), 59], machine_opens=[70], sends=[95]),
    # judged by somebody else's policy
    "lou": Contact(clicks=[0], policy="default"),
    # cannot be judged: none of the signals is collected
    "mia": Contact(clicks=[0], is_judged=False),
}


def write(
    path: Path,
    people: dict[str, Contact] = PEOPLE,
    copies: int = 1,
    as_of: int = LAST_DAY,
    policies: dict[str, dict[str, Any]] | None = None,
) -> Path:
    """Write the tables that the simulator reads; `copies` of each contact."""
    policies = policies or {
        "default": {"idle_days": 30},
        "fashion": {"idle_days": 20},
        "mail": {"idle_days": 20, "uses_sessions": False, "uses_orders": False},
    }
    everybody = {f"{name}{copy}": who for name, who in people.items() for copy in range(copies)}
    with duckdb.connect(str(path)) as connection:
        connection.execute(
            f"""
            create table int_as_of_dates (as_of_date date, is_current boolean);
            create table int_contact_activity__daily (
                contact_id varchar, activity_date date, revenue decimal(18, 4),
                {", ".join(f"{name} bigint" for name in COUNTS)}
            );
            create table int_contact_states (contact_id varchar, as_of_date date, known_since date);
            create table int_contact_timelines (
                contact_id varchar, first_email_date date, send_dates date[], open_dates date[],
                click_dates date[], session_dates date[], order_dates date[]
            );
            create table int_campaigns__unified (campaign_id varchar, campaign_type varchar);
            insert into int_campaigns__unified values ('n', 'newsletter'), ('r', 'reactivation');
            create table int_email_events__unified (
                contact_id varchar, campaign_id varchar, event_type varchar, occurred_at timestamp
            );
            create table inactivity_flags (
                contact_id varchar, as_of_date date, policy varchar, is_current_policy boolean,
                is_inactive boolean
            );
            create table inactivity_policies (
                policy varchar, idle_days integer, idle_days_opens integer,
                idle_days_clicks integer, idle_days_sessions integer, idle_days_orders integer,
                uses_opens boolean, uses_clicks boolean, uses_sessions boolean, uses_orders boolean
            );
            """
        )
        current = day(as_of)
        rows: Rows = {"int_as_of_dates": [(current, True)]}
        kinds = ("opens", "clicks", "sessions", "orders")
        rows["inactivity_policies"] = [
            (name, given["idle_days"], *[None] * 4, *(given.get(f"uses_{k}", True) for k in kinds))
            for name, given in policies.items()
        ]
        for name, who in everybody.items():
            _add_contact(rows, name, who, current, policies)
        for table, values in rows.items():
            if values:
                _insert(connection, table, values)
    return path


Rows = dict[str, list[tuple[Any, ...]]]


def _insert(
    connection: duckdb.DuckDBPyConnection, table: str, values: list[tuple[Any, ...]]
) -> None:
    """All rows at once: one statement for each would be most of a test's time."""
    schema = connection.sql(f"select * from {table} limit 0").to_arrow_table().schema
    columns = [
        pa.array(column, pa.string() if pa.types.is_decimal(field.type) else field.type)
        for column, field in zip(zip(*values, strict=True), schema, strict=True)
    ]
    given = pa.table(columns, names=schema.names)
    connection.register("given", given)
    connection.execute(f"insert into {table} select * from given")


def _add_contact(
    rows: Rows,
    name: str,
    who: Contact,
    current: date,
    policies: dict[str, dict[str, Any]],
) -> None:
    known = None if who.known is None else day(who.known)
    rows.setdefault("int_contact_states", []).append((name, current, known))
    mailed = [*who.sends, *who.opens, *who.clicks, *who.machine_opens]
    rows.setdefault("inactivity_flags", []).extend(
        # a policy of opens and clicks has no verdict on who gets no mail
        (
            *(name, current, policy, policy == who.policy),
            False if who.is_judged and (bool(mailed) or given.get("uses_orders", True)) else None,
        )
        for policy, given in policies.items()
    )
    rows.setdefault("int_contact_activity__daily", []).extend(
        (name, day(number), str(who.orders.get(number, 0)), *counts.values())
        for number, counts in who.counts().items()
    )
    lists = [
        [day(number) for number in sorted(days)]
        for days in (who.sends, who.opens, who.clicks, who.sessions, who.orders)
    ]
    first = day(min(mailed)) if mailed else None
    rows.setdefault("int_contact_timelines", []).append((name, first, *lists))
    rows.setdefault("int_email_events__unified", []).extend(
        [(name, "n", "sent", at(number)) for number in who.sends]
        + [(name, "r", "sent", moment) for moment in who.reactivations]
    )
