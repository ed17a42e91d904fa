"""Differences of areas under the ROC curve: published figures, the definition, other libraries."""

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from winback.lifetimes.ranking import auc
from winback.segment_quality.delong import compare_rankings

# albumin, total protein, K-G score and outcome of the 43 patients of DeLong et al. (1988) of whom
# all are known; data and figures as printed in the SAS/STAT User's Guide, "Comparing Receiver
# Operating Characteristic Curves"
PATIENTS = np.fromstring(
    """
    3.0 5.8 10 0  3.2 6.3 5 1  3.9 6.8 3 1  2.8 4.8 6 0  3.2 5.8 3 1  0.9 4.0 5 0  2.5 5.7 8 0
    1.6 5.6 5 1  3.8 5.7 5 1  3.7 6.7 6 1  3.2 5.4 4 1  3.8 6.6 6 1  4.1 6.6 5 1  3.6 5.7 5 1
    4.3 7.0 4 1  3.6 6.7 4 0  2.3 4.4 6 1  4.2 7.6 4 0  4.0 6.6 6 0  3.5 5.8 6 1  3.8 6.8 7 1
    3.0 4.7 8 0  4.5 7.4 5 1  3.7 7.4 5 1  3.1 6.6 6 1  4.1 8.2 6 1  4.3 7.0 5 1  4.3 6.5 4 1
    3.2 5.1 5 1  2.6 4.7 6 1  3.3 6.8 6 0  1.7 4.0 7 0  3.7 6.1 5 1  3.3 6.3 7 1  4.2 7.7 6 1
    3.5 6.2 5 1  2.9 5.7 9 0  2.1 4.8 7 1  2.8 6.2 8 0  4.0 7.0 7 1  3.3 5.7 6 1  3.7 6.9 5 1
    3.6 6.6 5 1
    """,
    sep=" ",
).reshape(-1, 4)
ALBUMIN, PROTEIN, SCORE, OUTCOME = PATIENTS.T


@pytest.mark.parametrize(
    ("test", "area", "difference", "low", "high"),
    [
        (ALBUMIN, 0.7366, 0.0108, -0.1761, 0.1976),
        (PROTEIN, 0.6478, -0.0780, -0.2830, 0.1271),
    ],
)
def test_published_comparisons(
    test: np.ndarray, area: float, difference: float, low: float, high: float
) -> None:
    # a high K-G score is a bad sign
    found = compare_rankings(OUTCOME, -SCORE, test)
    assert found.first == pytest.approx(0.7258, abs=5e-5)
    assert found.second == pytest.approx(area, abs=5e-5)
    assert found.difference == pytest.approx(difference, abs=5e-5)
    assert found.interval == pytest.approx((low, high), abs=1e-4)


def people(contacts: int = 300, seed: int = 3) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Outcomes, and two rankings with ties."""
    rng = np.random.default_rng(seed)
    did = rng.random(contacts) < 0.3
    first = np.round(did + rng.normal(0, 1.5, contacts), 1)
    return did, first, np.round(first + did + rng.normal(0, 1, contacts), 1)


def test_areas_are_those_of_other_libraries() -> None:
    did, first, second = people()
    found = compare_rankings(did, first, second)
    assert found.first == pytest.approx(roc_auc_score(did, first))
    assert found.second == pytest.approx(roc_auc_score(did, second))
    assert found.second == pytest.approx(auc(second, did, ~did))


def test_the_error_follows_its_definition() -> None:
    did, first, second = people(80)
    doers, others = np.flatnonzero(did), np.flatnonzero(~did)
    pairs = [
        np.array(
            [[np.heaviside(scores[one] - scores[two], 0.5) for two in others] for one in doers]
        )
        for scores in (first, second)
    ]
    difference = pairs[1] - pairs[0]
    error = np.sqrt(
        difference.mean(axis=1).var(ddof=1) / len(doers)
        + difference.mean(axis=0).var(ddof=1) / len(others)
    )
    found = compare_rankings(did, first, second)
    assert found.difference == pytest.approx(difference.mean())
    assert (found.interval.high - found.difference) / 1.959964 == pytest.approx(error)


def test_equal_rankings_do_not_differ() -> None:
    did, first, _ = people()
    assert compare_rankings(did, first, first)[2:] == (0, (0, 0))


def test_too_few_are_refused() -> None:
    with pytest.raises(ValueError, match="at least two"):
        compare_rankings([True, False, False], [1, 2, 3], [1, 2, 3])
