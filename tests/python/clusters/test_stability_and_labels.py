"""Would it be found again, and does it keep its number?"""

import numpy as np
import pytest

from winback.clusters import partitions
from winback.clusters.labels import match_labels
from winback.clusters.stability import Recluster, jaccard_stability, trust

from .conftest import blobs, noise


def again(k: int) -> Recluster:
    return lambda points, _: partitions.kmeans(points, [k], 1)[k]


def test_blobs_are_stable_and_parts_of_noise_are_not() -> None:
    points, truth = blobs(400)
    held = jaccard_stability(points, partitions.in_order(truth), again(4), 10, 1)
    assert held == pytest.approx(np.ones(4))
    even = noise(400)
    labels = partitions.kmeans(even, [7], 1)[7]
    assert jaccard_stability(even, labels, again(7), 10, 1).min() < 0.75


def test_a_cluster_cut_in_two_is_not_trusted() -> None:
    points, truth = blobs(400)
    # the first blob split by a line that nothing marks
    labels = np.where((truth == 0) & (points[:, 0] > 0), 4, truth)
    held = jaccard_stability(points, labels, again(4), 10, 1)
    assert held[0] < 0.6
    assert held[4] < 0.6
    assert held[1:4] == pytest.approx(np.ones(3))


def test_noise_in_a_resample_counts_against_the_cluster() -> None:
    points, truth = blobs(100)
    held = jaccard_stability(points, truth, lambda drawn, _: np.full(len(drawn), -1), 5, 1)
    assert held.tolist() == [0, 0, 0, 0]


@pytest.mark.parametrize(
    ("value", "word"), [(0.75, "stable"), (0.7, "pattern"), (0.6, "pattern"), (0.59, "not_trusted")]
)
def test_words_of_trust(value: float, word: str) -> None:
    assert trust(value) == word


CENTRES = np.array([[0.0, 0.0], [10.0, 0.0], [0.0, 10.0]])


def test_first_numbers_go_by_size() -> None:
    assert match_labels(CENTRES, [5, 9, 7], np.empty((0, 2)), (), 1) == [3, 1, 2]


def test_numbers_follow_centres_that_moved() -> None:
    moved = CENTRES[[2, 0, 1]] + 1.5
    assert match_labels(moved, [1, 1, 1], CENTRES, (4, 5, 6), 7) == [6, 4, 5]


def test_what_is_new_takes_a_number_never_used() -> None:
    more = np.vstack([CENTRES, [[10.0, 10.0]]])
    assert match_labels(more, [1, 1, 1, 1], CENTRES, (1, 2, 3), 9) == [1, 2, 3, 9]


def test_what_is_gone_keeps_its_number_for_itself() -> None:
    fewer = CENTRES[:2]
    assert match_labels(fewer, [1, 1], CENTRES, (1, 2, 3), 4) == [1, 2]


def test_a_pair_by_default_is_no_pair() -> None:
    """The only ones left over are far apart: another new centre is nearer to the old one."""
    new = np.array([[0.0, 0.0], [50.0, 50.0]])
    old = np.array([[0.0, 0.0], [1.0, 1.0]])
    assert match_labels(new, [2, 1], old, (1, 2), 3) == [1, 3]
