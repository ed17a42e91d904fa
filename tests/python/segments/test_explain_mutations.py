"""Explanations with a mistake in one place say something else: every mutation is noticed."""

import contextlib
import random
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

from .compiler import FIELDS, write_project
from .explainer import Queries, Truth, differences, queries_of, truth_of
from .mutants import SEGMENTS, printed_by_mutants
from .test_explain_flips import (
    CONDITIONS,
    FORESEEN,
    TIMEZONE,
    expected_flips,
    told_flips,
    unforeseen_wrongly,
)
from .test_explain_flips import FIELDS as CLOCK_FIELDS
from .test_explain_flips import _rules as plain_rules
from .test_mutations import TREE
from .test_random_rules import (
    COLUMNS,
    OPERATORS,
    random_condition,
    random_operand,
)

MUTATIONS = yaml.safe_load((Path(__file__).parent / "explain_mutations.yml").read_text())
FILES = sorted(SEGMENTS.glob("segment_explain*.sql"))
SEED, PEOPLE = 7, 60


@pytest.fixture(scope="module")
def rules() -> list[dict[str, Any]]:
    """A tree, every operator on every kind of column, and some random rules."""
    draw = random.Random(SEED)
    a_column = {kind: column for column, kind in COLUMNS.items()}
    conditions: list[dict[str, Any]] = [
        {"field": a_column[kind], operator: random_operand(draw, kind, operator)}
        for kind, operators in OPERATORS.items()
        for operator in operators
    ]
    conditions += [{"field": "last_order_at", "within_days": days} for days in (1, 31)]
    conditions += [{"field": "last_order_at", "lte": "2026-06-29"}]
    conditions += [{"field": "age", operator: 30} for operator in ("gt", "gte", "lt", "lte")]
    conditions += [random_condition(draw, ["old", "lost"]) for _ in range(8)]
    return TREE + [
        {"name": f"audience_{number}", "where": condition}
        for number, condition in enumerate(conditions)
    ]


@pytest.fixture(scope="module")
def queries(
    rules: list[dict[str, Any]], tmp_path_factory: pytest.TempPathFactory
) -> list[list[Queries]]:
    """Of the macros as they are, results and days, then of every mutant what it is about."""
    project = write_project(tmp_path_factory.mktemp("explain_mutants"), timezone=TIMEZONE)
    foreseen = [leaf for leaf, _, _ in FORESEEN]
    cases = {"results": [rules], "days": [plain_rules(CONDITIONS), plain_rules(foreseen)]}
    fields = FIELDS | CLOCK_FIELDS
    printed = printed_by_mutants("explain_segments", FILES, MUTATIONS, cases, fields, project)
    return [queries_of(text) for text in printed]


@pytest.fixture(scope="module")
def truth(rules: list[dict[str, Any]]) -> Truth:
    return truth_of(rules, random.Random(SEED), PEOPLE, TIMEZONE)


@pytest.fixture(scope="module")
def flips() -> dict[tuple[str, str], list[date]]:
    return expected_flips()


def _tells_days(found: list[Queries], flips: dict[tuple[str, str], list[date]]) -> bool:
    return told_flips(found[0].leaves) == flips and not unforeseen_wrongly(found[1].leaves)


def test_the_macros_as_they_are_agree(
    queries: list[list[Queries]], truth: Truth, flips: dict[tuple[str, str], list[date]]
) -> None:
    assert differences(queries[0][0], truth) == []
    assert _tells_days(queries[1], flips)


@pytest.mark.parametrize("number", range(len(MUTATIONS)), ids=[m["name"] for m in MUTATIONS])
def test_a_mistake_is_noticed(
    number: int,
    queries: list[list[Queries]],
    truth: Truth,
    flips: dict[tuple[str, str], list[date]],
) -> None:
    found = queries[number + 2]
    # a query that does not run is noticed too
    with contextlib.suppress(duckdb.Error):
        if MUTATIONS[number]["about"] == "days":
            assert not _tells_days(found, flips)
        else:
            assert differences(found[0], truth)
