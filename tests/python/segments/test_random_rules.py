"""Random rules on random people: the compiled query and the interpreter agree on everybody.

Each run draws other rules and people. A failure prints its seed; WINBACK_SEED=<seed> repeats it.
"""

import os
import random
from datetime import date, datetime, timedelta
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from .compiler import FIELDS, KEYS, compile_rules
from .events import KINDS, UNKNOWN_OPEN_WEIGHT, warehouse
from .reference import evaluate

RULES, RULES_A_LIST, PEOPLE = 2_000, 50, 2_000
A_LONG_LIST = 150
AS_OF = date(2026, 6, 30)
CITIES = ["Paris", "paris", "Paris 13", "L'Hay", 'a "quoted" town', "100%", "", "Lyon", "Orléans"]
NUMBERS = [0, 1, 2, 3, 29, 30, 35, 74.5, 75, 75.01, 100, 500]
DAYS = [AS_OF + timedelta(days=offset) for offset in (-400, -91, -90, -31, -30, -29, -1, 0, 1)]
TIMES = [
    datetime(day.year, day.month, day.day) + timedelta(seconds=second)
    for day in DAYS
    for second in (0, 1, 43_200, 86_399)
]
VALUES: dict[str, list[Any]] = {
    "text": CITIES,
    "number": NUMBERS,
    "boolean": [True, False],
    "date": DAYS,
    "timestamp": TIMES,
}
TYPES = {
    "text": pa.string(),
    "number": pa.float64(),
    "boolean": pa.bool_(),
    "date": pa.date32(),
    "timestamp": pa.timestamp("us"),
}
COLUMNS = {
    name: kind
    for name, kind in FIELDS.items()
    if kind != "other" and name not in ("contact_id", "as_of_date")
}
ORDERED = ["eq", "ne", "gt", "gte", "lt", "lte", "between", "in", "not_in", "is_null"]
OPERATORS = {
    "text": ["eq", "ne", "in", "not_in", "is_null", "contains", "starts_with"],
    "number": ORDERED,
    "boolean": ["eq", "ne", "is_null"],
    "date": [*ORDERED, "within_days", "older_than_days"],
    "timestamp": [*ORDERED, "within_days", "older_than_days"],
}
CAMPAIGN_TYPES = ["newsletter", "promotion", "automation", "digest"]
# with and without a feature column that counts them; none: ever
WINDOWS = [1, 2, 30, 31, 90, 91, 365, None]
EVENTS = sorted({event for event, _ in KINDS})
SCHEMA = pa.schema(
    [("contact_id", pa.string()), ("as_of_date", pa.date32())]
    + [(name, TYPES[kind]) for name, kind in COLUMNS.items()]
)


@pytest.fixture(scope="module")
def seed() -> int:
    return int(os.environ.get("WINBACK_SEED") or random.SystemRandom().randrange(10**6))


def _value(draw: random.Random, kind: str) -> Any:
    value = draw.choice(VALUES[kind])
    if kind == "timestamp":
        return value.date().isoformat() if draw.random() < 0.5 else value.isoformat(" ")
    return value.isoformat() if kind == "date" else value


def random_operand(draw: random.Random, kind: str, operator: str) -> Any:
    if operator == "is_null":
        return draw.random() < 0.5
    if operator in ("within_days", "older_than_days"):
        return draw.choice([1, 2, 30, 31, 90, 400])
    if operator in ("contains", "starts_with"):
        return draw.choice(["P", "aris", "%", "'", '"', " ", "Paris 13", "é"])
    if operator in ("in", "not_in", "between"):
        values = [_value(draw, kind) for _ in range(2 if operator == "between" else 3)]
        # days and times are not mixed in one list
        if kind == "timestamp":
            values = [value[:10] for value in values]
        # the wrong way round is refused
        return sorted(values) if operator == "between" else values
    return _value(draw, kind)


def random_event_leaf(draw: random.Random, event: str) -> dict[str, Any]:
    operator = draw.choice(["eq", "ne", "gt", "gte", "lt", "lte", "between"])
    leaf = {"event": event, operator: draw.choice([0, 0.25, 1, 2, 3])}
    if operator == "between":
        leaf[operator] = sorted([draw.randint(0, 3), draw.randint(0, 3)])
    days = draw.choice(WINDOWS)
    if days:
        leaf["within_days"] = days
    if event not in ("order", "session") and draw.random() < 0.3:
        leaf["campaign_type"] = draw.choice(
            [draw.choice(CAMPAIGN_TYPES), draw.choices(CAMPAIGN_TYPES, k=2)]
        )
    if event in ("open", "click") and draw.random() < 0.4:
        leaf["signal"] = draw.choice(["any", "any", "human"])
    return leaf


def _leaf(draw: random.Random) -> dict[str, Any]:
    if draw.random() < 0.25:
        leaf = random_event_leaf(draw, draw.choice(EVENTS))
        operator = "count"
    else:
        column = draw.choice(list(COLUMNS))
        operator = draw.choice(OPERATORS[COLUMNS[column]])
        leaf = {"field": column, operator: random_operand(draw, COLUMNS[column], operator)}
    if operator != "is_null" and draw.random() < 0.3:
        leaf["missing"] = draw.random() < 0.7
    return leaf


def random_condition(draw: random.Random, names: list[str], depth: int = 3) -> dict[str, Any]:
    shape = draw.random()
    if depth == 0 or shape < 0.3:
        if names and draw.random() < 0.15:
            return {"segment": draw.choice(names)}
        return _leaf(draw)
    if shape < 0.45:
        return {"not": random_condition(draw, names, depth - 1)}
    parts = [random_condition(draw, names, depth - 1) for _ in range(draw.randint(1, 4))]
    return {"all" if shape < 0.75 else "any": parts}


def random_rules(draw: random.Random, size: int = RULES_A_LIST) -> list[dict[str, Any]]:
    """A tree of three levels with exclusive siblings, and audiences over it."""
    rules: list[dict[str, Any]] = []
    names: list[str] = []

    def add(**keys: Any) -> str:
        name = f"s{len(rules)}"
        # a sibling may speak of what stands above it; never of what depends on it
        if "otherwise" not in keys:
            keys["where"] = random_condition(draw, names)
        rules.append({"name": name, **keys})
        return name

    parents: list[str | None] = [None]
    for level in (1, 2, 3):
        below: list[str | None] = []
        for parent in parents:
            keys: dict[str, Any] = {"level": level} | ({"parent": parent} if parent else {})
            siblings = [add(**keys, exclusive=True) for _ in range(draw.randint(1, 3))]
            if draw.random() < 0.7:
                siblings.append(add(**keys, otherwise=True))
            below.append(draw.choice(siblings))
            names.extend(siblings)
            if draw.random() < 0.5:
                names.append(add(**keys))
        parents = below
    while len(rules) < size:
        names.append(add())
    return rules


def random_people(draw: random.Random) -> list[dict[str, Any]]:
    return [
        {"contact_id": f"c{number}", "as_of_date": AS_OF}
        | {
            name: None if draw.random() < 0.15 else draw.choice(VALUES[kind])
            for name, kind in COLUMNS.items()
        }
        for number in range(PEOPLE)
    ]


def random_events(draw: random.Random) -> list[dict[str, Any]]:
    """What one contact did and received: now and then nothing, in or out of each window."""
    return [
        {"event": event, "signal": signal, "day": draw.choice(DAYS)}
        | {
            "campaign_type": None
            if event in ("order", "session")
            else draw.choice([None, *CAMPAIGN_TYPES])
        }
        for event, signal in draw.choices(list(KINDS), k=draw.choice([0, 10, 20, 40]))
    ]


def compiled_verdicts(query: str, connection: duckdb.DuckDBPyConnection) -> list[dict[str, bool]]:
    found = connection.execute(f"{query} order by cast(contact_id[2:] as integer)")
    assert found.description is not None
    names = [column[0] for column in found.description]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


@pytest.mark.parametrize("timezone", ["UTC", "America/Los_Angeles"])
def test_query_and_interpreter_agree(seed: int, timezone: str) -> None:
    draw = random.Random(f"{seed} {timezone}")
    lists = [random_rules(draw, A_LONG_LIST)]
    lists += [random_rules(draw) for _ in range((RULES // 2 - A_LONG_LIST) // RULES_A_LIST)]
    people = random_people(draw)
    events = {person["contact_id"]: random_events(draw) for person in people}
    wrong = []
    with warehouse(people, SCHEMA, events) as connection:
        for rules, compiled in zip(lists, compile_rules(lists, timezone=timezone), strict=True):
            assert compiled.errors == [], f"seed {seed}"
            verdicts = compiled_verdicts(compiled.query(kept=KEYS), connection)
            for person, found in zip(people, verdicts, strict=True):
                happened = events[person["contact_id"]]
                expected = evaluate(rules, person, timezone, happened, UNKNOWN_OPEN_WEIGHT)
                wrong += [
                    f"{name}: {expected[name]} expected for {person}, {happened} by {rules}"
                    for name in expected
                    if found[name] is not expected[name]
                ]
    assert not wrong, f"seed {seed}, {len(wrong)} verdicts differ, the first: {wrong[0]}"
