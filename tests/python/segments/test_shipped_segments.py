"""The worked examples among the shipped segments: people just inside and outside every bound."""

from pathlib import Path
from typing import Any

import duckdb
import pytest

from winback.segments.compiled import compile_rules
from winback.segments.rules import read_project_rules
from winback.segments.vocabulary import read_vocabulary

ROOT = Path(__file__).parents[3]

# reachable and heard of a month ago; what an example is about is added
SOMEBODY: dict[str, Any] = {
    "is_mailable": True,
    "is_inactive": False,
    "days_since_last_engagement": 30,
    "days_since_first_seen": 900,
}
# idle for over six months, under 30 points, under 35
IDLE = SOMEBODY | {
    "is_inactive": True,
    "days_since_last_engagement": 184,
    "engagement_points": 29.99,
    "age": 34,
}
# score > 75 and revenue > 500 and not inactive
VIP = SOMEBODY | {"engagement_score": 75.01, "revenue_365d": 500.01}
# Paris and amount over 200
PARIS = SOMEBODY | {"city": "Paris", "revenue_lifetime": 200.01}
# a cart left lately by somebody who buys regularly
CART = SOMEBODY | {"orders_365d": 3, "cart_abandoned_30d": True, "days_since_last_engagement": 90}

# segment -> people in it and people beside it; a person is what differs from the example
EXAMPLES: dict[str, tuple[dict[str, Any], list[dict[str, Any]], list[dict[str, Any]]]] = {
    "inactive_young_low_score": (
        IDLE,
        [{}, {"engagement_points": 0}, {"age": 18}, {"days_since_last_engagement": 2000}],
        [
            {"days_since_last_engagement": 183},
            {"engagement_points": 30},
            {"engagement_points": None},
            {"age": 35},
            {"age": None},
            {"is_inactive": False},
            {"is_inactive": None},
            {"is_mailable": False},
        ],
    ),
    "vip": (
        VIP,
        [{}, {"is_inactive": None}, {"days_since_last_engagement": 200}],
        [
            {"engagement_score": 75},
            {"engagement_score": None},
            {"revenue_365d": 500},
            {"revenue_365d": None},
            {"is_inactive": True},
        ],
    ),
    "put_off_by_contact": (
        SOMEBODY | {"uplift_group": "do_not_disturb"},
        [{}, {"is_mailable": False}],
        [{"uplift_group": "persuadable"}, {"uplift_group": "lost_cause"}, {"uplift_group": None}],
    ),
    "paris_spenders": (
        PARIS,
        [{}, {"is_inactive": True}],
        [
            {"revenue_lifetime": 200},
            {"revenue_lifetime": None},
            {"city": "paris"},
            {"city": "Paris 13"},
            {"city": None},
        ],
    ),
    "cart_abandoners_with_history": (
        CART,
        [{}, {"orders_365d": 12}, {"days_since_last_engagement": 0}],
        [
            {"orders_365d": 2},
            {"orders_365d": None},
            {"cart_abandoned_30d": False},
            {"cart_abandoned_30d": None},
            {"days_since_last_engagement": 91},
            {"is_inactive": True},
            {"is_mailable": False},
        ],
    ),
}


@pytest.fixture(scope="module")
def people() -> duckdb.DuckDBPyConnection:
    """The shipped rules, evaluated by their own query over the people of all examples."""
    vocabulary = read_vocabulary(ROOT, {})
    compiled = compile_rules(read_project_rules(ROOT), vocabulary)
    assert compiled.errors == []
    types = {"number": "double", "text": "varchar", "boolean": "boolean"}
    kinds = {name: types.get(kind, kind) for name, kind in vocabulary.fields.items()}
    connection = duckdb.connect()
    # with what shipped segments ask of models
    for table, names in (
        ("int_contact_features", vocabulary.columns),
        ("int_contact_uplift_fields", ("contact_id", "as_of_date", "uplift_group")),
    ):
        typed = ", ".join(f'"{name}" {kinds[name]}' for name in names)
        connection.execute(f"create table {table} ({typed})")
    for segment, (example, inside, outside) in EXAMPLES.items():
        for side, variants in (("in", inside), ("out", outside)):
            for number, variant in enumerate(variants):
                person = example | variant | {"contact_id": f"{segment} {side} {number}"}
                person |= {"as_of_date": "2026-06-30"}
                keys = ("contact_id", "as_of_date")
                fitted = {key: person[key] for key in (*keys, "uplift_group") if key in person}
                person.pop("uplift_group", None)
                _insert(connection, "int_contact_features", person)
                _insert(connection, "int_contact_uplift_fields", fitted)
    connection.execute(f"create table history as {compiled.query()}")
    return connection


def _insert(connection: duckdb.DuckDBPyConnection, table: str, row: dict[str, Any]) -> None:
    marks = ", ".join("?" * len(row))
    connection.execute(
        f"insert into {table} ({', '.join(row)}) values ({marks})", list(row.values())
    )


@pytest.mark.parametrize("segment", EXAMPLES)
def test_the_example_holds_those_inside_its_bounds_and_nobody_beside_them(
    segment: str, people: duckdb.DuckDBPyConnection
) -> None:
    _, inside, outside = EXAMPLES[segment]
    rows = people.execute(
        f"select contact_id, {segment} from history where contact_id like '{segment} %'"
    ).fetchall()
    assert len(rows) == len(inside) + len(outside)
    wrong = [name for name, is_in in rows if is_in is not (" in " in name)]
    assert wrong == []


def test_exactly_one_segment_of_level_one_holds_each(people: duckdb.DuckDBPyConnection) -> None:
    places = people.execute(
        "select contact_id from history where cast(unmailable as int) + cast(never_engaged as int)"
        " + cast(inactive as int) + cast(active as int) + cast(cooling as int) <> 1"
    ).fetchall()
    assert places == []
