"""Counts of events: windows, campaign types, signals, and what is not known. Worked out by hand."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from winback.segments.counts import Count
from winback.segments.flags import inputs_of

from .compiler import KEYS, Compiled, compile_rules
from .events import warehouse

AS_OF = date(2026, 6, 30)
KNOWN_BY = ["sends_30d", "human_opens_30d", "human_clicks_30d", "sessions_30d", "orders_30d"]
SCHEMA = pa.schema(
    [("contact_id", pa.string()), ("as_of_date", pa.date32())]
    + [(name, pa.float64()) for name in [*KNOWN_BY, "orders_lifetime"]]
)


def did(
    event: str, days_ago: int, campaign_type: str | None = None, signal: str | None = None
) -> dict[str, Any]:
    if event in ("open", "click"):
        signal = signal or "human"
    day = AS_OF - timedelta(days=days_ago)
    return {"event": event, "day": day, "campaign_type": campaign_type, "signal": signal}


# c1 reads, c2 read long ago and yesterday, c3 read long ago, c4 is read by machines, c5 was mailed
# and never opened, c6 refused that opens are tracked, c7 is not known to the e-mail tools
EVENTS = {
    "c1": [
        *(did("open", days, "newsletter") for days in (0, 44, 45)),
        *(did("click", days, "promotion") for days in (0, 1, 44, 45, 400)),
        *(did("order", days) for days in (0, 44, 1000)),
        did("open", -1, "newsletter"),
    ],
    "c2": [did("open", 200, "promotion"), did("open", 1), did("sent", 1), did("bounce_soft", 3)],
    "c3": [did("open", 200, "newsletter"), did("sent", 200, "newsletter"), did("unsubscribe", 199)],
    "c4": [
        did("open", 2, "newsletter", "machine"),
        *(did("open", 2, "digest", "unknown") for _ in range(3)),
        did("click", 2, "digest", "machine"),
        did("click", 3, "digest", "leave"),
    ],
    "c5": [did("sent", 2, "newsletter"), did("delivered", 2), did("bounce_hard", 50)],
    "c6": [did("open", 1), did("click", 1), did("complaint", 0, "automation")],
    "c7": [did("session", 10), did("order", 5000)],
}
PEOPLE = [
    {"contact_id": contact, "as_of_date": day, "orders_lifetime": 7 if contact == "c7" else 0}
    | {
        name: None
        if (contact, name) in (("c6", "human_opens_30d"),)
        or (contact == "c7" and name.startswith("human"))
        else 0
        for name in KNOWN_BY
    }
    for contact in EVENTS
    for day in (AS_OF, date(2026, 5, 31))
]

NO_OPEN = {"event": "open", "eq": 0, "within_days": 14}
# id -> condition, and the members (c1 to c7 as digits) on the last day
CONDITIONS: dict[str, tuple[dict[str, Any], str]] = {
    "a window holds the day itself": ({"event": "click", "gte": 1, "within_days": 1}, "1"),
    "a window of 45 days": ({"event": "click", "eq": 3, "within_days": 45}, "1"),
    "one day more": ({"event": "click", "eq": 4, "within_days": 46}, "1"),
    "ever": ({"event": "click", "eq": 5}, "1"),
    "tomorrow is not counted": ({"event": "open", "gte": 4}, ""),
    "ever, where a feature counts it": ({"event": "order", "gt": 6}, "7"),
    "between": ({"event": "order", "between": [1, 2], "within_days": 45}, "1"),
    "orders of a window": ({"event": "order", "ne": 0, "within_days": 5001}, "17"),
    "sessions": ({"event": "session", "gte": 1, "within_days": 11}, "7"),
    "sessions a day before": ({"event": "session", "gte": 1, "within_days": 10}, ""),
    "none is zero": ({"event": "open", "eq": 0, "within_days": 20}, "35"),
    "what is not collected is not zero": ({"event": "click", "lt": 1}, "2345"),
    "with missing": ({"event": "open", "eq": 0, "within_days": 20, "missing": True}, "3567"),
    "not takes the missing": ({"not": {"event": "open", "gt": 0, "within_days": 20}}, "3567"),
    "unknown opens count by their weight": ({"event": "open", "eq": 0.75, "within_days": 14}, "4"),
    "any signal": ({"event": "open", "eq": 4, "within_days": 14, "signal": "any"}, "4"),
    "any click, also to leave": ({"event": "click", "eq": 2, "signal": "any"}, "4"),
    "human is the default": ({"event": "click", "eq": 0, "signal": "human"}, "2345"),
    "a campaign type": ({"event": "open", "gte": 1, "campaign_type": "newsletter"}, "13"),
    "two campaign types": (
        {"event": "open", "gte": 1, "campaign_type": ["newsletter", "digest"]},
        "13",
    ),
    "of any signal": (
        {"event": "open", "eq": 3, "campaign_type": ["digest"], "signal": "any", "within_days": 3},
        "4",
    ),
    "sends of a type": ({"event": "sent", "gte": 1, "campaign_type": "newsletter"}, "35"),
    "delivered": ({"event": "delivered", "eq": 1}, "5"),
    "hard bounces": ({"event": "bounce_hard", "gte": 1, "within_days": 51}, "5"),
    "soft bounces": ({"event": "bounce_soft", "gte": 1}, "2"),
    "unsubscribed": ({"event": "unsubscribe", "gte": 1, "within_days": 200}, "3"),
    "complained": ({"event": "complaint", "gte": 1, "campaign_type": "automation"}, "6"),
}


@pytest.fixture(scope="module")
def database() -> Iterator[duckdb.DuckDBPyConnection]:
    with warehouse(PEOPLE, SCHEMA, EVENTS) as connection:
        yield connection


@pytest.fixture(scope="module")
def compiled() -> Compiled:
    """All conditions in one query, as in the model."""
    rules = [
        {"name": f"s{place}", "where": condition}
        for place, (condition, _) in enumerate(CONDITIONS.values())
    ]
    return compile_rules([rules])[0]


def members(
    database: duckdb.DuckDBPyConnection, compiled: Compiled, day: date = AS_OF
) -> list[str]:
    """Digits of the members of each segment at a date."""
    assert compiled.errors == []
    rows = database.execute(
        f"select * from ({compiled.query(kept=KEYS)}) where as_of_date = ? order by contact_id",
        [day],
    ).fetchall()
    assert len(rows) == len(EVENTS)
    return ["".join(row[0][1] for row in rows if row[place]) for place in range(2, len(rows[0]))]


@pytest.fixture(scope="module")
def selected(database: duckdb.DuckDBPyConnection, compiled: Compiled) -> dict[str, str]:
    return dict(zip(CONDITIONS, members(database, compiled), strict=True))


@pytest.mark.parametrize("case", CONDITIONS)
def test_events_are_counted(case: str, selected: dict[str, str]) -> None:
    assert selected[case] == CONDITIONS[case][1]


def test_each_date_counts_up_to_itself(
    database: duckdb.DuckDBPyConnection, compiled: Compiled
) -> None:
    earlier = dict(zip(CONDITIONS, members(database, compiled, date(2026, 5, 31)), strict=True))
    # c1: clicks 30 days before the 30th of June are not there yet, one is just 14 days old
    assert earlier["a window of 45 days"] == ""
    assert earlier["unsubscribed"] == "3"
    assert earlier["complained"] == ""
    assert earlier["any signal"] == ""


# The query that is everywhere: it finds people with an open before the window, and says nothing
# about opens inside it, nor about people who never opened.
WRONG = """
    select distinct features.contact_id
    from int_contact_features as features
    inner join events
        on features.contact_id = events.contact_id and events.event = 'open'
    where features.as_of_date = date '2026-06-30' and events.day <= features.as_of_date - 14
"""


def test_not_opened_in_14_days_is_not_opened_before(database: duckdb.DuckDBPyConnection) -> None:
    rules = [
        {"name": "silent", "where": NO_OPEN},
        {"name": "mailed", "where": {"all": [NO_OPEN, {"event": "sent", "gte": 1}]}},
    ]
    (compiled,) = compile_rules([rules])
    silent, mailed = members(database, compiled)
    wrong = "".join(row[0][1] for row in database.execute(f"{WRONG} order by 1").fetchall())
    # c2 opened 200 days ago and yesterday: a reader, whom the join takes for silent
    assert wrong == "123"
    # c5 was mailed and never opened: as silent as can be, and not in the join
    assert silent == "35"
    assert mailed == "35"


def test_equal_counts_are_one_column() -> None:
    leaves = [
        {"event": "open", "gte": 1, "within_days": 45, "campaign_type": ["promotion", "digest"]},
        {"event": "open", "eq": 0, "within_days": 45, "campaign_type": ["digest", "promotion"]},
        {"event": "click", "gte": 1, "within_days": 45, "signal": "human"},
        {"event": "click", "lt": 9, "within_days": 45},
        {"event": "click", "lt": 9, "within_days": 45, "signal": "any"},
        {"event": "bounce_hard", "lt": 9},
        {"event": "click", "lt": 9, "within_days": 30},
        {"event": "order", "lt": 9},
    ]
    rules = [{"name": "one", "where": {"any": [{"not": {"all": leaves}}]}}]
    (compiled,) = compile_rules([rules])
    counts = inputs_of(compiled.rules, compiled.vocabulary).counts
    assert counts == [
        Count("bounce_hard", None, (), False),
        Count("click", 45, (), False),
        Count("click", 45, (), True),
        Count("open", 45, ("digest", "promotion"), False),
    ]
    assert [count.name for count in counts] == [
        "event_bounce_hard_ever",
        "event_click_45d",
        "event_click_any_45d",
        "event_open_digest_promotion_45d",
    ]


def test_rules_without_counts_read_the_features_alone() -> None:
    rules = [{"name": "one", "where": {"event": "click", "gte": 1, "within_days": 30}}]
    (compiled,) = compile_rules([rules])
    assert "activity" not in compiled.query()


def test_dates_are_those_that_are_wanted(database: duckdb.DuckDBPyConnection) -> None:
    rules = [{"name": "one", "where": {"event": "click", "gte": 1, "within_days": 31}}]
    (compiled,) = compile_rules([rules])
    query = compiled.query("as_of_date = date '2026-05-31'", KEYS)
    found = database.execute(
        f"select as_of_date, contact_id, one from ({query}) order by contact_id"
    ).fetchall()
    assert {row[0] for row in found} == {date(2026, 5, 31)}
    assert [row[1] for row in found if row[2]] == ["c1"]
