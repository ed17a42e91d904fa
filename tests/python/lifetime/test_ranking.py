"""Rankings judged by what came: against counting by hand, and with ties."""

import numpy as np
import pytest

from winback.lifetimes.ranking import auc, percentile, top_share


def test_auc_counts_pairs() -> None:
    rng = np.random.default_rng(1)
    scores = rng.integers(0, 6, 60)
    did = rng.random(60) < 0.4
    pairs = [(a > b) + (a == b) / 2 for a in scores[did] for b in scores[~did]]
    assert auc(scores, did, ~did) == pytest.approx(np.mean(pairs))


def test_auc_of_counted_rows_is_that_of_the_contacts() -> None:
    rows = auc([1, 2, 3], [1, 2, 3], [3, 1, 0])
    contacts = auc(
        [1, 1, 1, 1, 2, 2, 2, 3, 3, 3],
        [1, 0, 0, 0, 1, 1, 0, 1, 1, 1],
        [0, 1, 1, 1, 0, 0, 1, 0, 0, 0],
    )
    assert rows == pytest.approx(contacts)


def test_a_score_that_says_nothing_is_one_half() -> None:
    assert auc([7, 7, 7], [1, 5, 2], [4, 4, 1]) == 0.5


def test_there_is_no_auc_when_all_did_it_or_none() -> None:
    assert auc([1, 2], [3, 4], [0, 0]) is None
    assert auc([1, 2], [0, 0], [3, 4]) is None


def test_the_best_tenth() -> None:
    assert top_share([5, 1], [10, 90], [8, 2]) == pytest.approx(0.8)
    # 20 share the border, 10 of them fit
    assert top_share([5, 1], [20, 80], [8, 2]) == pytest.approx(0.4)
    assert top_share([5, 3, 1], [5, 10, 85], [6, 4, 0]) == pytest.approx(0.8)
    assert top_share([5, 1], [10, 90], [0, 0]) is None


def test_equal_scores_share_their_place() -> None:
    np.testing.assert_allclose(percentile([3, 1, 3], [1, 2, 1]), [75, 25, 75])
    assert len(percentile([], [])) == 0
