"""Flip dates are the days on which the interpreter changes its mind as the days go by."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from .explainer import Queries, answers, explained_rules, people_table
from .reference import evaluate
from .test_random_rules import TYPES

AS_OF = date(2026, 6, 30)
HORIZON = 420
LAST_DAY = AS_OF + timedelta(days=HORIZON)
# east of UTC, so that the evening of a time is the next day
TIMEZONE = "Europe/Paris"
COLUMNS = {
    "days_since_last_order": "number",
    "tenure_days": "number",
    "inactive_since": "date",
    "last_order_at": "timestamp",
    "age": "number",
    "engagement_score": "number",
    "engagement_points": "number",
    "orders_30d": "number",
    "revenue_30d": "number",
    "is_inactive": "boolean",
    "cart_abandoned_30d": "boolean",
    "city": "text",
}
FIELDS = {"contact_id": "text", "as_of_date": "date", **COLUMNS}
CLOCK = [
    *(
        {operator: value}
        for operator in ("eq", "ne", "gt", "gte", "lt", "lte")
        for value in (7, 30.5)
    ),
    {"between": [10, 20]},
    {"between": [10.2, 10.8]},
    {"between": [-3, 5.5]},
    {"in": [3, 4, 9, 9, 2.5]},
    {"not_in": [0, 1, 400]},
    {"gt": 100_000_000},
    {"is_null": True},
    {"lte": 90, "missing": True},
]
DATED = [
    {"within_days": 1},
    {"within_days": 30},
    {"older_than_days": 1},
    {"older_than_days": 400},
    {"lte": "2026-07-15"},
    {"is_null": False},
]
CONDITIONS: list[dict[str, Any]] = [
    *({"field": "days_since_last_order"} | leaf for leaf in CLOCK),
    *({"field": "last_order_at"} | leaf for leaf in DATED),
    *({"field": "inactive_since"} | leaf for leaf in DATED),
]
DAYS = [None, 0, 1, 6, 7, 8, 19, 29, 30, 31, 399, 10_000]
DATES = [None, *(AS_OF - timedelta(days=days) for days in (400, 30, 29, 1, 0, -1, -40))]


def _person(number: int) -> dict[str, Any]:
    day = DATES[number % len(DATES)]
    return dict.fromkeys(COLUMNS) | {
        "contact_id": f"c{number}",
        "as_of_date": AS_OF,
        "days_since_last_order": DAYS[number % len(DAYS)],
        "inactive_since": day,
        "last_order_at": day and datetime(day.year, day.month, day.day, 22, 30),
    }


def _later(person: dict[str, Any], days: int) -> dict[str, Any]:
    waited = person["days_since_last_order"]
    return person | {
        "as_of_date": AS_OF + timedelta(days=days),
        "days_since_last_order": None if waited is None else waited + days,
    }


def _rules(conditions: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{"name": f"s{number}", "where": leaf} for number, leaf in enumerate(conditions)]


@pytest.fixture(scope="module")
def queries() -> list[Queries]:
    """Of the conditions whose flips are told, and of those that are foreseen or not."""
    cases = [_rules(CONDITIONS), _rules([leaf for leaf, _, _ in FORESEEN])]
    return explained_rules(cases, FIELDS, timezone=TIMEZONE)


def told_flips(query: str) -> dict[tuple[str, str], list[date]]:
    """(contact, segment) -> the flip dates told, of CONDITIONS on the people."""
    rules, people = _rules(CONDITIONS), [_person(number) for number in range(24)]
    members = [evaluate(rules, person, TIMEZONE) for person in people]
    found = {}
    for row in answers(query, people_table(people, COLUMNS, TYPES), members):
        told = [date.fromisoformat(day) for day in (row["flip_dates"] or "").split(",") if day]
        assert row["flips_on"] == (told[0] if told else None)
        found[row["contact_id"], row["segment"]] = [day for day in told if day <= LAST_DAY]
    return found


def expected_flips() -> dict[tuple[str, str], list[date]]:
    """The same by the interpreter, asked day by day."""
    rules, people = _rules(CONDITIONS), [_person(number) for number in range(24)]
    found = {}
    for person in people:
        verdicts = [evaluate(rules, _later(person, days), TIMEZONE) for days in range(HORIZON + 1)]
        for name in verdicts[0]:
            found[person["contact_id"], name] = [
                AS_OF + timedelta(days=days)
                for days in range(1, HORIZON + 1)
                if verdicts[days][name] is not verdicts[days - 1][name]
            ]
    return found


def unforeseen_wrongly(query: str) -> list[Any]:
    """The cases of FORESEEN that a query judges otherwise."""
    people = [
        {"contact_id": f"c{number}", "as_of_date": AS_OF, leaf["field"]: value}
        for number, (leaf, value, _) in enumerate(FORESEEN)
    ]
    nowhere = {f"s{number}": False for number in range(len(FORESEEN))}
    rows = answers(query, people_table(people, COLUMNS, TYPES), [nowhere] * len(people))
    found = {
        int(row["contact_id"][1:]): row["is_foreseeable"]
        for row in rows
        if row["contact_id"][1:] == row["segment"][1:]
    }
    return [case for number, case in enumerate(FORESEEN) if found[number] is not case[2]]


def test_flips_are_where_the_answer_turns(queries: list[Queries]) -> None:
    expected = expected_flips()
    assert any(len(days) > 2 for days in expected.values())
    assert told_flips(queries[0].leaves) == expected


def test_what_can_be_foreseen(queries: list[Queries]) -> None:
    assert unforeseen_wrongly(queries[1].leaves) == []


# condition, value of its column, and whether the days to come are known
FORESEEN: list[tuple[dict[str, Any], Any, bool]] = [
    ({"field": "city", "eq": "Paris"}, "Paris", True),
    ({"field": "days_since_last_order", "gt": 3}, 1, True),
    ({"field": "tenure_days", "gt": 3}, None, True),
    # counts of a window fall: what is too few stays too few
    ({"field": "orders_30d", "gte": 3}, 3, False),
    ({"field": "orders_30d", "gte": 3}, 2, True),
    ({"field": "orders_30d", "lt": 3}, 3, False),
    ({"field": "orders_30d", "lt": 3}, 2, True),
    ({"field": "orders_30d", "eq": 3}, 2, False),
    ({"field": "orders_30d", "gte": 3}, None, True),
    ({"field": "engagement_points", "lt": 30}, 20, True),
    ({"field": "cart_abandoned_30d", "eq": True}, True, False),
    ({"field": "cart_abandoned_30d", "eq": True}, False, True),
    ({"field": "cart_abandoned_30d", "ne": True}, False, True),
    # a refund may leave a window too
    ({"field": "revenue_30d", "lt": 3}, 2, False),
    ({"field": "engagement_score", "gt": 3}, 2, False),
    ({"field": "age", "lt": 35}, 40, True),
    ({"field": "age", "lt": 35}, 34, False),
    ({"field": "is_inactive", "eq": True}, True, True),
    ({"field": "is_inactive", "eq": True}, False, False),
    ({"field": "is_inactive", "eq": False}, True, True),
    ({"field": "inactive_since", "within_days": 30}, AS_OF, True),
    ({"field": "inactive_since", "within_days": 30}, None, False),
]
