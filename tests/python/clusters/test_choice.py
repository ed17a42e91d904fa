"""How many clusters: scikit-learn's own example, four blobs, and nothing at all."""

from functools import partial

import numpy as np
import pytest

from winback.clusters import partitions
from winback.clusters.choice import Step, choose, curves, elbow, first_gap, inertia, silhouette
from winback.clusters.partitions import NOISE, in_order

from .conftest import blobs, noise

KMEANS = partial(partitions.kmeans, seed=1)


def steps(silhouettes: list[float | None], gaps: list[float], error: float = 0.01) -> list[Step]:
    return [
        Step(place + 1, 100.0 / (place + 1), mean, gap, error)
        for place, (mean, gap) in enumerate(zip(silhouettes, gaps, strict=True))
    ]


def test_silhouettes_are_those_of_the_scikit_learn_example() -> None:
    """plot_kmeans_silhouette_analysis: 0.705, 0.588 and 0.651 for 2, 3 and 4 clusters."""
    from sklearn.datasets import make_blobs

    points, _ = make_blobs(
        n_samples=500,
        n_features=2,
        centers=4,
        cluster_std=1,
        center_box=(-10.0, 10.0),
        shuffle=True,
        random_state=1,
    )
    found = partitions.kmeans(points, [2, 3, 4], seed=10)
    means = [silhouette(points, found[k]) for k in (2, 3, 4)]
    assert means == pytest.approx([0.7049787, 0.5882004, 0.6505187], abs=1e-4)


@pytest.mark.parametrize("partition", [KMEANS, partitions.ward_tree])
def test_every_rule_finds_four_blobs(partition: partial[dict[int, np.ndarray]]) -> None:
    points, _ = blobs(400)
    found = curves(points, partition, 8, 10, 1)
    for rule in ("silhouette", "gap", "elbow"):
        assert choose(found, rule, 0.25).k == 4


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("partition", [KMEANS, partitions.ward_tree])
def test_the_elbow_sees_clusters_in_even_noise_and_the_verdict_does_not(
    partition: partial[dict[int, np.ndarray]], seed: int
) -> None:
    found = curves(noise(400, seed), partition, 8, 10, 1)
    assert elbow(found) is not None
    for rule in ("silhouette", "gap", "elbow"):
        assert choose(found, rule, 0.25).k == 1


def test_one_round_group_is_no_clusters() -> None:
    points = np.random.default_rng(3).normal(size=(400, 3))
    assert choose(curves(points, KMEANS, 8, 10, 1), "silhouette", 0.25).k == 1


def test_the_configured_rule_wins() -> None:
    found = steps([None, 0.5, 0.6, 0.4], [0.0, 0.5, 0.4, 0.3])
    assert choose(found, "silhouette", 0.25).k == 3
    assert choose(found, "gap", 0.25).k == 2


def test_gap_takes_the_first_k_within_an_error_of_the_next() -> None:
    assert first_gap(steps([None] * 3, [0.0, 0.5, 0.505])) == 2
    assert first_gap(steps([None] * 3, [0.0, 0.5, 0.9])) == 3
    assert first_gap(steps([None] * 3, [0.0, 0.005, 0.9])) == 1


def test_vetoes_say_why() -> None:
    even = choose(steps([None, 0.9, 0.8], [0.5, 0.4, 0.3]), "silhouette", 0.25)
    assert even.k == 1
    assert "evenly spread" in even.reason
    loose = choose(steps([None, 0.2, 0.1], [0.0, 0.4, 0.3]), "silhouette", 0.25)
    assert loose.k == 1
    assert loose.reason == "mean silhouette 0.20, below 0.25"


def test_equal_points_have_one_cluster() -> None:
    found = curves(np.zeros((50, 2)), KMEANS, 8, 5, 1)
    assert [step.k for step in found] == [1]
    assert choose(found, "silhouette", 0.25).k == 1


def test_noise_has_no_part_in_inertia_and_silhouette() -> None:
    points = np.array([[0.0], [2.0], [10.0], [12.0], [99.0]])
    labels = np.array([0, 0, 1, 1, NOISE])
    assert inertia(points, labels) == 4
    assert silhouette(points, labels) == silhouette(points[:4], labels[:4])
    assert silhouette(points, np.zeros(5, dtype=np.int64)) is None


def test_labels_count_from_the_first_point() -> None:
    assert in_order(np.array([7, -1, 2, 7])).tolist() == [0, -1, 1, 0]
