"""A compiler with a mistake in one place selects other people: every mutation of it is noticed."""

import random
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from pathlib import Path
from types import ModuleType
from typing import Any

import duckdb
import pytest
import yaml

from .compiler import FIELDS, KEYS
from .events import UNKNOWN_OPEN_WEIGHT, warehouse
from .explainer import Queries, Truth, differences, truth_of
from .mutants import mutant
from .reference import evaluate
from .test_explain_flips import (
    CONDITIONS,
    FORESEEN,
    expected_flips,
    told_flips,
    unforeseen_wrongly,
)
from .test_explain_flips import FIELDS as CLOCK_FIELDS
from .test_explain_flips import TIMEZONE as CLOCK_ZONE
from .test_explain_flips import _rules as plain_rules
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
Modules = Mapping[str, ModuleType]
# not UTC, so that a day in the wrong zone is another day
TIMEZONE = "America/Los_Angeles"
SEED, PEOPLE, EXPLAINED = 7, 600, 60


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
NOTS: list[dict[str, Any]] = [
    {"not": {"not": {"segment": "lost"}}},
    {"not": {"any": [{"segment": "old"}, {"segment": "lost"}]}},
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
        {"field": "city", "starts_with": "aris"},
    ]
    about["event"] = COUNTS
    about["one"] = [
        {"field": "city", "in": ["Paris"]},
        {"field": "city", "not_in": ["Paris"]},
    ]
    towns = [f"Town {number}" for number in range(20)]
    about["long"] = [{"field": "city", "in": [*towns[:12], 'a "quoted" town', *towns[12:]]}]
    about["siblings"] = []
    about["clauses"] = [MANY_CLAUSES, {"all": [*OLD_OR_LOST, {"any": OLD_OR_LOST}]}, *NOTS]
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
# a tree, every operator on every kind of column, and some random rules
LEAVES = TREE + [
    {"name": f"leaf_{number}", "where": rule["where"]}
    for number, rule in enumerate(
        rule
        for case in (*OPERATORS, "chance")
        for rule in CASES[case]
        if rule["name"].startswith("audience")
    )
]
Judge = Callable[[Modules, str], bool]


def compiled(modules: Modules, rules: Any, fields: Mapping[str, str], timezone: str) -> Any:
    vocabulary = modules["vocabulary"].Vocabulary(fields, timezone=timezone)
    found = modules["compiled"].compile_rules(rules, vocabulary)
    assert found.errors == []
    return found


def explained(modules: Modules, rules: Any, fields: Mapping[str, str], timezone: str) -> Queries:
    found = compiled(modules, rules, fields, timezone)
    explanation = modules["explanations"].Explanation(found.vocabulary, found.dialect, rules)
    asked, source = found.asked()
    query = modules["explanation_query"]
    ctes = {**asked, **query.result_ctes(explanation, source)}
    roots = ", ".join(f"{sql} as {name}" for name, sql in explanation.roots.items())
    with_ctes = modules["flags"].with_ctes
    return Queries(
        leaves=with_ctes({**ctes, **query.row_ctes(explanation)}, "select * from final"),
        roots=with_ctes(ctes, f"select contact_id, as_of_date, {roots} from explained"),
    )


@pytest.fixture(scope="module")
def agrees() -> Iterator[Judge]:
    """Whether a compiler gives what the interpreter says, in what a case is about."""
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
    truth: Truth = truth_of(LEAVES, random.Random(SEED), EXPLAINED, TIMEZONE)
    flips: dict[tuple[str, str], list[date]] = expected_flips()
    with warehouse(people, SCHEMA, events) as connection:

        def judge(modules: Modules, case: str) -> bool:
            if case == "leaves":
                return differences(explained(modules, LEAVES, FIELDS, TIMEZONE), truth) == []
            if case == "days":
                told, foreseen = (
                    explained(modules, plain_rules(conditions), CLOCK_FIELDS, CLOCK_ZONE)
                    for conditions in (CONDITIONS, [leaf for leaf, _, _ in FORESEEN])
                )
                return told_flips(told.leaves) == flips and not unforeseen_wrongly(foreseen.leaves)
            query = compiled(modules, CASES[case], FIELDS, TIMEZONE).query(kept=KEYS)
            return all(
                verdicts[name] is wanted
                for verdicts, person in zip(
                    compiled_verdicts(query, connection), expected[case], strict=True
                )
                for name, wanted in person.items()
            )

        yield judge


@pytest.mark.parametrize("case", [*CASES, "leaves", "days"])
def test_the_compiler_as_it_is_agrees(case: str, agrees: Judge) -> None:
    with mutant(None) as modules:
        assert agrees(modules, case)


@pytest.mark.parametrize("number", range(len(MUTATIONS)), ids=[m["name"] for m in MUTATIONS])
def test_a_mistake_is_noticed(number: int, agrees: Judge) -> None:
    mutation = MUTATIONS[number]
    with mutant(mutation) as modules:
        try:
            is_right = agrees(modules, mutation["about"])
        except (duckdb.Error, AssertionError, ValueError, KeyError, StopIteration, IndexError):
            is_right = False  # what does not run is noticed too
    assert not is_right
