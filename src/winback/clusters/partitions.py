"""The algorithms, each as a function from points to labels, by scikit-learn and SciPy.

Labels count from 0 in the order of the cluster's first point; -1 is noise. All run in one thread:
the order in which threads add up differs from run to run, and the last digits with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Any

import numpy as np

from winback.clusters.features import Floats, Labels

NOISE = -1
STARTS = 4
# contacts with the same counts are one point many times, where density is without bound: each is
# moved by a chance of this many robust units
JITTER = 0.01
# eps when no knee is found, and the least that can be meant, in robust units
LEAST_EPS = 0.05
# points of the curve of distances in which the knee is looked for
KNEE_POINTS = 500


def kmeans(points: Floats, ks: Sequence[int], seed: int, starts: int = STARTS) -> dict[int, Labels]:
    """Return k -> labels by k-means (Lloyd; k-means++ starts, the best of several).

    Args:
        points: rows by coordinates; at least `k` different rows.
        ks: numbers of clusters.
        seed: equal seeds give equal labels.
        starts: how often each k is begun anew.
    """
    from sklearn.cluster import KMeans

    found = {}
    with one_thread():
        for k in ks:
            fitted = KMeans(n_clusters=k, n_init=starts, random_state=seed).fit(points)
            found[k] = in_order(fitted.labels_)
    return found


def ward_tree(points: Floats, ks: Sequence[int]) -> dict[int, Labels]:
    """Return k -> labels by Ward's method (JASA 58, 1963): one tree, cut at every k.

    Memory grows with the square of the number of points: 8 bytes for each pair.
    """
    from scipy.cluster.hierarchy import fcluster, ward

    if len(points) == 1:
        return {k: np.zeros(1, dtype=np.int64) for k in ks}
    tree = ward(points)
    return {k: in_order(fcluster(tree, k, criterion="maxclust")) for k in ks}


def dbscan(points: Floats, eps: float, min_samples: int) -> tuple[Labels, Labels]:
    """Return labels by DBSCAN (Ester, Kriegel, Sander and Xu, KDD 1996), and the core points' rows.

    Args:
        points: rows by coordinates.
        eps: reach of a neighbourhood, in the coordinates' unit.
        min_samples: points within reach, itself among them, that make a core point.
    """
    from sklearn.cluster import DBSCAN

    with one_thread():
        fitted = DBSCAN(eps=eps, min_samples=min_samples).fit(points)
    return in_order(fitted.labels_), fitted.core_sample_indices_.astype(np.int64)


def hdbscan(points: Floats, min_cluster_size: int, min_samples: int, seed: int) -> Labels:
    """Return labels by HDBSCAN (Campello, Moulavi and Sander, PAKDD 2013).

    Args:
        points: rows by coordinates.
        min_cluster_size: points below which a group is noise.
        min_samples: neighbours whose distance says how dense it is around a point.
        seed: of the small moves that part equal points.
    """
    from sklearn.cluster import HDBSCAN

    moved = points + np.random.default_rng(seed).normal(0, JITTER, points.shape)
    with one_thread():
        fitted = HDBSCAN(min_cluster_size=min_cluster_size, min_samples=min_samples, copy=True).fit(
            moved
        )
    return in_order(np.where(fitted.labels_ < 0, NOISE, fitted.labels_))


def suggest_eps(points: Floats, min_samples: int) -> float:
    """Return the distance at the knee of the sorted distances to the n-th neighbour.

    As Ester et al. advise; the knee is that of Kneedle (Satopää et al., ICDCS workshops 2011).

    Args:
        points: rows by coordinates.
        min_samples: the point itself is the first of them.
    """
    from kneed import KneeLocator

    distances = np.sort(_reach(points, min_samples))
    places = np.unique(np.linspace(0, len(distances) - 1, KNEE_POINTS).astype(int))
    knee = None
    if distances[-1] > distances[0]:
        knee = KneeLocator(places, distances[places], curve="convex", direction="increasing").knee
    return max(LEAST_EPS, float(distances[int(knee)]) if knee is not None else 0.0)


def reach_of_clusters(points: Floats, labels: Labels, min_samples: int) -> Floats:
    """Return, per cluster, how far a stranger may be from its nearest member to be of it.

    That is what 95 % of the members have to their own n-th neighbour: HDBSCAN has no radius of its
    own, and who is further from everybody than members are from each other is noise.
    """
    reach = _reach(points, min_samples)
    return np.array(
        [
            max(LEAST_EPS, float(np.quantile(reach[labels == label], 0.95)))
            for label in range(labels.max() + 1)
        ]
    )


def one_thread() -> AbstractContextManager[Any]:
    """Return a block in which numerical libraries use one thread."""
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped,unused-ignore]

    limits: AbstractContextManager[Any] = threadpool_limits(limits=1)
    return limits


def in_order(labels: Labels) -> Labels:
    """Return the labels renumbered by the first point of each, noise left as it is."""
    found = np.asarray(labels, dtype=np.int64)
    values, firsts = np.unique(found, return_index=True)
    clusters = [value for _, value in sorted(zip(firsts, values, strict=True)) if value != NOISE]
    renumbered = np.full(len(found), NOISE, dtype=np.int64)
    for place, value in enumerate(clusters):
        renumbered[found == value] = place
    return renumbered


def _reach(points: Floats, min_samples: int) -> Floats:
    from scipy.spatial import cKDTree

    nearest = min(min_samples, len(points))
    distances, _ = cKDTree(points).query(points, k=[nearest])
    reach: Floats = distances[:, 0]
    return reach
