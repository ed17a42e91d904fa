"""Qini and uplift curves against published values and against a sum done by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from winback.uplift.curves import (
    auuc,
    count_steps,
    normalised_auuc,
    normalised_qini,
    qini,
    qini_curve,
    uplift_curve,
)

# scikit-uplift, sklift/tests/test_metrics.py (commit 30771333): outcome, uplift, treatment, then
# uplift_auc_score and qini_auc_score
PUBLISHED: list[tuple[list[float], list[float], list[int], float, float]] = [
    ([1, 1], [0.1, 0.3], [0, 1], 1.0, 1.0),
    ([1, 1], [0.1, 0.3], [1, 0], -1.0, 0.0),
    ([0, 1], [0.1, 0.3], [1, 0], 0.0, 1.0),
    ([1, 0], [0.1, 0.3], [0, 1], 1.0, 1.0),
    ([0, 1, 2], [0.1, 0.3, 0.9], [0, 1, 0], -1.333333, -0.5),
    ([0, 1, 2], [0.1, 0.3, 0.9], [1, 0, 1], 1.333333, 0.75),
]


@pytest.mark.parametrize(("outcome", "uplift", "treated", "area", "share"), PUBLISHED)
def test_areas_are_those_of_scikit_uplift(
    outcome: list[float], uplift: list[float], treated: list[int], area: float, share: float
) -> None:
    assert normalised_auuc(uplift, treated, outcome) == pytest.approx(area, abs=1e-6)
    assert normalised_qini(uplift, treated, outcome) == pytest.approx(share, abs=1e-6)


# the same file: three people of equal prediction, and the best order of them
def test_curves_are_those_of_scikit_uplift() -> None:
    outcome, treated = [0, 1, 0], [0, 1, 1]
    alike = count_steps([0.2, 0.2, 0.2], treated, outcome)
    assert _points(qini_curve(alike)) == [(0, 0), (3, 1)]
    assert _points(uplift_curve(alike)) == [(0, 0), (3, 1.5)]
    best = count_steps([0, 1, 0], treated, outcome)
    assert _points(qini_curve(best)) == [(0, 0), (1, 1), (3, 1)]
    everybody = count_steps([0, 1, 1], treated, [1, 1, 1])
    assert _points(qini_curve(everybody)) == [(0, 0), (2, 2), (3, 0)]


def _points(curve: Any) -> list[tuple[float, float]]:
    return list(zip(curve.contacts.tolist(), curve.gain.tolist(), strict=True))


def test_a_sum_done_by_hand() -> None:
    #          best: 2 treated (both did), 2 control (none)   worst: 2 treated (none), 2 control (1)
    uplift = [0.5, 0.5, 0.5, 0.5, -0.1, -0.1, -0.1, -0.1]
    treated = [1, 1, 0, 0, 1, 1, 0, 0]
    outcome = [1, 1, 0, 0, 0, 0, 1, 0]
    steps = count_steps(uplift, treated, outcome)
    # 2 gained by the first four; of all, 2 of 4 against 1 of 4: 2 - 1 * 4 / 4 = 1
    assert _points(qini_curve(steps)) == [(0, 0), (4, 2), (8, 1)]
    # trapezoids 4 + 6 = 10, chance 8 * 1 / 2 = 4; 6 by 8 contacts and 4 treated
    assert qini(steps) == pytest.approx(6 / 32)
    # (1 - 0) * 4 = 4, then (1/2 - 1/4) * 8 = 2: 8 + 12 = 20 by 8 * 8
    assert _points(uplift_curve(steps)) == [(0, 0), (4, 4), (8, 2)]
    assert auuc(steps) == pytest.approx(20 / 64)


def test_any_order_of_equal_people_is_worth_nothing() -> None:
    rng = np.random.default_rng(3)
    treated, outcome = rng.random(500) < 0.5, rng.random(500) < 0.3
    steps = count_steps(np.zeros(500), treated, outcome)
    assert qini(steps) == pytest.approx(0)
    difference = outcome[treated].mean() - outcome[~treated].mean()
    assert auuc(steps) == pytest.approx(difference / 2)


def test_where_nobody_does_it_no_order_is_better() -> None:
    assert normalised_qini([0.1, 0.2], [0, 1], [0, 0]) is None
    assert normalised_auuc([0.1, 0.2], [0, 1], [0, 0]) is None
