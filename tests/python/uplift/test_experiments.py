"""The experiments that cannot be learned from, and the sentences that say why."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from winback.uplift.experiments import Arm, Experiment, why_not
from winback.uplift.settings import Settings

SETTINGS = Settings(("orders_365d",), min_contacts=200, min_outcomes=20, sample=1000, seed=1)
CALL, NONE = Arm("call", False, 500, 60, 1.0), Arm("control", True, 510, 50, 1.0)
MAY = datetime(2026, 5, 1)
GOOD = Experiment("test", "ordered", "control", 14, True, 2, MAY, (CALL, NONE), ratio=0.7)


def test_a_drawn_experiment_of_two_arms_is_good() -> None:
    assert why_not(GOOD, SETTINGS) is None


@pytest.mark.parametrize(
    ("experiment", "reason"),
    [
        (replace(GOOD, metric=None), "It measures no rate"),
        (replace(GOOD, is_randomised=False), "Its arms are different segments"),
        (replace(GOOD, declared_arms=3), "It has 3 arms"),
        (replace(GOOD, arms=(), ratio=None), "No date before its assignments is kept"),
        (replace(GOOD, arms=(CALL, replace(NONE, is_control=False))), "Nobody is in its control"),
        (replace(GOOD, ratio=0.0001), "Its arms are not of the sizes that were meant (call 500,"),
        (replace(GOOD, arms=(replace(CALL, contacts=150), NONE)), "An arm has 150 contacts"),
        (replace(GOOD, arms=(CALL, replace(NONE, done=7))), "control: 7 ordered; it takes 20"),
        (
            replace(GOOD, arms=(replace(CALL, done=490), NONE)),
            "call: 10 not ordered; it takes 20",
        ),
        (
            replace(GOOD, metric="unsubscribed", arms=(replace(CALL, done=490), NONE)),
            "call: 10 not stayed subscribed; it takes 20",
        ),
    ],
)
def test_what_stands_against_it_is_said(experiment: Experiment, reason: str) -> None:
    found = why_not(experiment, SETTINGS)
    assert found is not None and found.startswith(reason)
