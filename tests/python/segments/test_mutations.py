"""A compiler with a mistake in one place selects other people: every mutation of it is noticed."""

import contextlib
import json
import random
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

from winback.build import _invoke
from winback.segments.reference import evaluate

from .compiler import FIELDS, ROOT, Compiled, write_project
from .events import UNKNOWN_OPEN_WEIGHT, warehouse
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
SEGMENTS = ROOT / "macros" / "segments"
# explanations have mutations of their own
COMPILER = sorted(set(SEGMENTS.glob("*.sql")) - set(SEGMENTS.glob("segment_explain*.sql")))
# not UTC, so that a day in the wrong zone is another day
TIMEZONE = "America/Los_Angeles"
SEED, PEOPLE = 7, 600


# what the compiled query reads
def _mutant(number: int, mutation: dict[str, str], names: list[str]) -> str:
    """All macros of the compiler with one mistake, under names of their own."""
    whole = []
    for path in COMPILER:
        text = path.read_text()
        if path.name == mutation["file"]:
            assert text.count(mutation["text"]) == 1, mutation["name"]
            text = text.replace(mutation["text"], mutation["becomes"])
        whole.append(text)
    return re.sub(rf"\b({'|'.join(names)})(?=\()", rf"mutant_{number}_\1", "\n".join(whole))


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


@pytest.fixture(scope="module")
def rules() -> list[dict[str, Any]]:
    """A tree, every operator on every kind of column, some random rules, and two odd ones."""
    draw = random.Random(SEED)
    a_column = {kind: column for column, kind in COLUMNS.items()}
    conditions: list[dict[str, Any]] = [
        {"field": a_column[kind], operator: random_operand(draw, kind, operator)}
        for kind, operators in OPERATORS.items()
        for operator in operators
    ]
    conditions += [{"field": "is_inactive", "eq": False}, {"field": "is_inactive", "ne": True}]
    conditions += [{"field": "last_order_at", "within_days": days} for days in (1, 2, 31)]
    conditions += [{"field": "last_order_at", "lte": "2026-06-29"}]
    conditions += [{"field": "city", "contains": "P"}, {"field": "city", "starts_with": "Paris 13"}]
    conditions += COUNTS
    conditions += [random_condition(draw, ["old", "lost"]) for _ in range(10)]
    conditions += [MANY_CLAUSES, {"all": [*OLD_OR_LOST, {"any": OLD_OR_LOST}]}]
    return TREE + [
        {"name": f"audience_{number}", "where": condition}
        for number, condition in enumerate(conditions)
    ]


@pytest.fixture(scope="module")
def queries(rules: list[dict[str, Any]], tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The query of the compiler as it is, then that of every mutant, in one dbt call."""
    project = write_project(tmp_path_factory.mktemp("mutants"), timezone=TIMEZONE)
    names = re.findall(r"{%-? macro (\w+)\(", "".join(path.read_text() for path in COMPILER))
    # dispatched by its name
    names = [name for name in names if not name.endswith("segment_word_type")]
    calls = ["validate_segments(cases, fields)"]
    for number, mutation in enumerate(MUTATIONS):
        text = _mutant(number, mutation, names)
        (project / "macros" / f"mutant_{number}.sql").write_text(
            re.sub(r"(?s){%-? macro \w*segment_word_type\(.*?endmacro -?%}", "", text)
        )
        calls.append(f"mutant_{number}_validate_segments(cases, fields)")
    body = "\n".join(f"{{%- do {call} -%}}" for call in calls)
    (project / "macros" / "all.sql").write_text(
        f"{{% macro validate_all(cases, fields) %}}{body}{{% endmacro %}}"
    )
    printed: list[str] = []

    def keep(event: Any) -> None:
        if event.info.name == "PrintEvent":
            printed.append(event.info.msg)

    arguments = yaml.safe_dump({"cases": [{"rules": rules}], "fields": FIELDS})
    done = _invoke(
        [
            *("run-operation", "validate_all", "--args", arguments, "--quiet"),
            *("--project-dir", str(project), "--profiles-dir", str(project)),
            *("--target-path", str(project / "target"), "--log-path", str(project / "logs")),
        ],
        keep,
    )
    assert done.success, done.exception
    return [Compiled(**json.loads(text)[0]).query for text in printed]


@pytest.fixture(scope="module")
def agrees(rules: list[dict[str, Any]]) -> Iterator[Callable[[str], bool]]:
    """Whether a query and the interpreter give the same verdicts on the same people."""
    draw = random.Random(SEED)
    people = random_people(draw)[:PEOPLE]
    events = {person["contact_id"]: random_events(draw) for person in people}
    expected = [
        evaluate(rules, person, TIMEZONE, events[person["contact_id"]], UNKNOWN_OPEN_WEIGHT)
        for person in people
    ]
    with warehouse(people, SCHEMA, events) as connection:

        def judge(query: str) -> bool:
            return all(
                verdicts[name] is wanted
                for verdicts, person in zip(
                    compiled_verdicts(query, connection), expected, strict=True
                )
                for name, wanted in person.items()
            )

        yield judge


def test_the_compiler_as_it_is_agrees(queries: list[str], agrees: Callable[[str], bool]) -> None:
    assert agrees(queries[0])


@pytest.mark.parametrize("number", range(len(MUTATIONS)), ids=[m["name"] for m in MUTATIONS])
def test_a_mistake_is_noticed(
    number: int, queries: list[str], agrees: Callable[[str], bool]
) -> None:
    # a query that does not run is noticed too
    with contextlib.suppress(duckdb.Error):
        assert not agrees(queries[number + 1])
