"""Random rules a third way: what explanations say leaf by leaf is what the interpreter says.

A failure prints its seed; WINBACK_SEED=<seed> repeats it.
"""

import os
import random
from typing import Any

import pytest

from .explainer import (
    Queries,
    answers,
    differences,
    explained_rules,
    people_table,
    truth_of,
)
from .test_random_rules import COLUMNS, TYPES, random_rules

LISTS, PEOPLE = 4, 40
# not UTC, so that a day in the wrong zone is another day
TIMEZONE = "America/Los_Angeles"


@pytest.fixture(scope="module")
def seed() -> int:
    return int(os.environ.get("WINBACK_SEED") or random.SystemRandom().randrange(10**6))


@pytest.fixture(scope="module")
def lists(seed: int) -> list[list[dict[str, Any]]]:
    draw = random.Random(f"{seed} explained")
    return [random_rules(draw) for _ in range(LISTS)]


@pytest.fixture(scope="module")
def queries(lists: list[list[dict[str, Any]]]) -> list[Queries]:
    return explained_rules(lists, timezone=TIMEZONE)


@pytest.mark.parametrize("number", range(LISTS))
def test_leaves_and_interpreter_agree(
    number: int, seed: int, lists: list[list[dict[str, Any]]], queries: list[Queries]
) -> None:
    truth = truth_of(lists[number], random.Random(f"{seed} {number}"), PEOPLE, TIMEZONE)
    wrong = differences(queries[number], truth)
    assert not wrong, f"seed {seed}, {len(wrong)} answers differ, the first: {wrong[0]}"


def test_leaves_keep_the_order_of_the_file(
    seed: int, lists: list[list[dict[str, Any]]], queries: list[Queries]
) -> None:
    truth = truth_of(lists[0], random.Random(f"{seed} order"), 1, TIMEZONE)
    rows = answers(
        f"{queries[0].leaves} order by leaf_number",
        people_table(truth.people, COLUMNS, TYPES),
        truth.members,
        truth.events,
    )
    assert [row["leaf_number"] for row in rows] == list(range(1, len(rows) + 1))
    assert [(row["contact_id"], row["segment"], row["leaf_path"]) for row in rows] == list(
        truth.leaves
    )
