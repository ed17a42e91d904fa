"""Density: scikit-learn's own example, and what becomes of strangers."""

import numpy as np
import pytest

from winback.clusters import partitions
from winback.clusters.choice import silhouette

from .conftest import blobs


def example() -> np.ndarray:
    """The data of plot_dbscan."""
    from sklearn.datasets import make_blobs
    from sklearn.preprocessing import StandardScaler

    points, _ = make_blobs(
        n_samples=750, centers=[[1, 1], [-1, -1], [1, -1]], cluster_std=0.4, random_state=0
    )
    return np.asarray(StandardScaler().fit_transform(points))


def test_dbscan_is_that_of_the_scikit_learn_example() -> None:
    """Three clusters, 18 points of noise; silhouette 0.626 with noise as a cluster of its own."""
    points = example()
    labels, core = partitions.dbscan(points, 0.3, 10)
    assert labels.max() + 1 == 3
    assert (labels == -1).sum() == 18
    assert (labels[core] >= 0).all()
    assert silhouette(points, np.where(labels < 0, 3, labels)) == pytest.approx(0.626, abs=5e-4)


def test_eps_is_found_near_that_of_the_example() -> None:
    assert 0.15 < partitions.suggest_eps(example(), 10) < 0.6


@pytest.mark.parametrize("copies", [1, 50])
def test_hdbscan_finds_blobs_also_among_equal_points(copies: int) -> None:
    points, truth = blobs(600 // copies if copies > 1 else 600)
    points, truth = np.repeat(points, copies, axis=0), np.repeat(truth, copies)
    labels = (
        partitions.hdbscan(points, 20, 10, 1)
        if copies == 1
        else partitions.hdbscan(points, 100, 60, 1)
    )
    kept = labels >= 0
    assert kept.mean() > 0.8
    assert labels.max() + 1 == 4
    assert len({(int(a), int(b)) for a, b in zip(labels[kept], truth[kept], strict=True)}) == 4


def test_ward_of_one_point() -> None:
    assert partitions.ward_tree(np.zeros((1, 2)), [1])[1].tolist() == [0]
