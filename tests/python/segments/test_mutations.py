"""A compiler with a mistake in one place selects other people: every mutation of it is noticed."""

import contextlib
import json
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

from winback.segments.reference import evaluate

from .compiler import FIELDS, Compiled, write_project
from .events import UNKNOWN_OPEN_WEIGHT, warehouse
from .mutants import SEGMENTS, printed_by_mutants
from .test_random_rules import (
    COLUMNS,
    OPERATORS,
    SCHEMA,
    compiled_verdicts,
    random_condition,
    random_events,
    random_operand,
    random_people,
)

MUTATIONS = yaml.safe_load((Path(__file__).parent / "mutations.yml").read_text())
# explanations have mutations of their own
COMPILER = sorted(set(SEGMENTS.glob("*.sql")) - set(SEGMENTS.glob("segment_explain*.sql")))
# not UTC, so that a day in the wrong zone is another day
TIMEZONE = "America/Los_Angeles"
SEED, PEOPLE = 7, 600


TREE: list[dict[str, Any]] = [
    {"name": "old", "level": 1, "exclusive": True, "where": {"field": "age", "gte": 74.5}},
    {"name": "rest", "level": 1, "otherwise": True},
    {"name": "french", "level": 1, "exclusive": True, "where": {"field": "age", "gte": 3}},
    {
        "name": "lost",
        "level": 2,
        "parent": "french",
        "exclusive": True,
        "where": {"field": "is_inactive", "eq": True},
    },
    {
        "name": "kept",
        "level": 2,
        "parent": "french",
        "exclusive": True,
        "where": {"field": "engagement_score", "gt": 2},
    },
    {"name": "others", "level": 2, "parent": "french", "otherwise": True},
    {"name": "poor", "level": 2, "parent": "french", "where": {"field": "revenue_365d", "lt": 30}},
]
MANY_CLAUSES = {
    "all": [
        {"any": [{"field": "age", "gt": 30 + place}, {"field": "city", "eq": city}]}
        for place, city in enumerate(["Paris", "Lyon", "", "paris", "Orléans", "L'Hay"])
    ]
}
# one count each way: by window, campaign type and signal
COUNTS: list[dict[str, Any]] = [
    {"event": "open", "eq": 0} | keys
    for keys in (
        {},
        {"within_days": 30},
        {"within_days": 31},
        {"within_days": 31, "signal": "any"},
        {"within_days": 31, "campaign_type": "digest", "missing": True},
        {"within_days": 31, "campaign_type": ["digest", "newsletter"]},
        {"within_days": 30, "campaign_type": "digest"},
        {"within_days": 30, "signal": "any"},
    )
]
COUNTS += [
    {"event": "open", "gte": 1, "within_days": 31},
    {"event": "order", "gte": 2},
    {"event": "click", "gte": 1, "within_days": 31},
    {"event": "click", "gte": 2, "within_days": 31, "signal": "any"},
    {"event": "session", "eq": 0},
    {"event": "bounce_soft", "gte": 1, "campaign_type": "digest"},
]
OLD_OR_LOST = [{"segment": "old"}, {"field": "age", "gte": 3}, {"not": {"segment": "lost"}}]


def _cases() -> dict[str, list[dict[str, Any]]]:
    """Rules by what they are about, and the tree with each."""
    draw = random.Random(SEED)
    a_column = {kind: column for column, kind in COLUMNS.items()}
    about: dict[str, list[dict[str, Any]]] = {
        kind: [
            {"field": a_column[kind], operator: random_operand(draw, kind, operator)}
            for operator in operators
        ]
        for kind, operators in OPERATORS.items()
    }
    about["boolean"] += [
        {"field": "is_inactive", "eq": False},
        {"field": "is_inactive", "ne": True},
    ]
    about["timestamp"] += [{"field": "last_order_at", "within_days": days} for days in (1, 2, 31)]
    about["timestamp"] += [{"field": "last_order_at", "lte": "2026-06-29"}]
    about["text"] += [
        {"field": "city", "contains": "P"},
        {"field": "city", "starts_with": "Paris 13"},
    ]
    about["event"] = COUNTS
    about["siblings"] = []
    about["clauses"] = [MANY_CLAUSES, {"all": [*OLD_OR_LOST, {"any": OLD_OR_LOST}]}]
    about["chance"] = [random_condition(draw, ["old", "lost"]) for _ in range(10)]
    return {
        kind: TREE
        + [
            {"name": f"audience_{number}", "where": condition}
            for number, condition in enumerate(conditions)
        ]
        for kind, conditions in about.items()
    }


CASES = _cases()
Judge = Callable[[str, str], bool]


@pytest.fixture(scope="module")
def queries(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The queries of the compiler as it is, one of each case, then that of every mutant."""
    project = write_project(tmp_path_factory.mktemp("mutants"), timezone=TIMEZONE)
    cases = {name: [rules] for name, rules in CASES.items()}
    printed = printed_by_mutants("validate_segments", COMPILER, MUTATIONS, cases, FIELDS, project)
    return [Compiled(**json.loads(text)[0]).query for text in printed]


@pytest.fixture(scope="module")
def agrees() -> Iterator[Judge]:
    """Whether a query gives the verdicts of the interpreter on the rules of a case."""
    draw = random.Random(SEED)
    people = random_people(draw)[:PEOPLE]
    events = {person["contact_id"]: random_events(draw) for person in people}
    expected = {
        name: [
            evaluate(rules, person, TIMEZONE, events[person["contact_id"]], UNKNOWN_OPEN_WEIGHT)
            for person in people
        ]
        for name, rules in CASES.items()
    }
    with warehouse(people, SCHEMA, events) as connection:

        def judge(query: str, case: str) -> bool:
            return all(
                verdicts[name] is wanted
                for verdicts, person in zip(
                    compiled_verdicts(query, connection), expected[case], strict=True
                )
                for name, wanted in person.items()
            )

        yield judge


@pytest.mark.parametrize("case", CASES)
def test_the_compiler_as_it_is_agrees(case: str, queries: list[str], agrees: Judge) -> None:
    assert agrees(queries[list(CASES).index(case)], case)


@pytest.mark.parametrize("number", range(len(MUTATIONS)), ids=[m["name"] for m in MUTATIONS])
def test_a_mistake_is_noticed(number: int, queries: list[str], agrees: Judge) -> None:
    # a query that does not run is noticed too
    with contextlib.suppress(duckdb.Error):
        assert not agrees(queries[len(CASES) + number], MUTATIONS[number]["about"])
