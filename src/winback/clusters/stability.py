"""Would the same clusters be found in other contacts of the same kind?

C. Hennig, "Cluster-wise assessment of cluster stability", Computational Statistics and Data
Analysis 52, 2007: cluster bootstrap samples again, and take for each cluster the mean, over the
samples, of the largest Jaccard similarity with a cluster found there. As in his R package fpc, a
point drawn several times counts once, so a sample holds about 63 % of the points.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from winback.clusters.features import Floats, Labels
from winback.clusters.partitions import NOISE

# Hennig's bounds
STABLE = 0.75
NOT_TRUSTED = 0.6

# points and the share of all points they are -> labels
Recluster = Callable[[Floats, float], Labels]


def jaccard_stability(
    points: Floats, labels: Labels, recluster: Recluster, bootstraps: int, seed: int
) -> Floats:
    """Return the mean bootstrap Jaccard similarity of each cluster, 0 to 1.

    Args:
        points: rows by coordinates.
        labels: the clusters, from 0; -1 is noise.
        recluster: the algorithm; it is told the share of the points it is given, for parameters
            that count points.
        bootstraps: how often.
        seed: of the draws.
    """
    clusters = int(labels.max()) + 1
    totals, counted = np.zeros(clusters), np.zeros(clusters)
    rng = np.random.default_rng(seed)
    for _ in range(bootstraps):
        drawn = np.unique(rng.integers(0, len(points), len(points)))
        found = recluster(points[drawn], len(drawn) / len(points))
        before = labels[drawn]
        for cluster in range(clusters):
            inside = before == cluster
            # a cluster of which nobody was drawn says nothing this time
            if inside.any():
                totals[cluster] += _largest_jaccard(inside, found)
                counted[cluster] += 1
    means: Floats = np.divide(totals, counted, out=np.zeros(clusters), where=counted > 0)
    return means


def trust(stability: float) -> str:
    """Return stable, pattern (a pattern, but who is in it is unsure) or not_trusted."""
    if stability >= STABLE:
        return "stable"
    return "pattern" if stability >= NOT_TRUSTED else "not_trusted"


def _largest_jaccard(inside: np.ndarray[tuple[int], np.dtype[np.bool_]], found: Labels) -> float:
    best = 0.0
    for label in np.unique(found[inside]):
        if label != NOISE:
            other = found == label
            best = max(best, float((inside & other).sum() / (inside | other).sum()))
    return best
