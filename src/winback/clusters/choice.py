"""How many clusters there are, and whether there are any.

Three curves over k, and one rule of the configuration that picks k from its own:

- **silhouette**: the k with the highest mean silhouette (P. Rousseeuw, J. Comp. Appl. Math. 20,
  1987). It has no value at k = 1, so by itself it cannot say that there is nothing.
- **gap**: the smallest k with Gap(k) >= Gap(k+1) - s(k+1) (Tibshirani, Walther and Hastie, JRSS B
  63, 2001): log of the inertia against that of points spread evenly over a box along the principal
  axes. k = 1 means that the data is no more clustered than such points.
- **elbow**: the knee of the inertia (Kneedle; Satopää et al., 2011). It appears on evenly spread
  points as well (E. Schubert, "Stop using the elbow criterion", SIGKDD Explorations 25, 2023), so
  it is there for those who ask, and never the default.

Whatever the rule, three vetoes end in "no clusters": the gap's k = 1; a mean silhouette below
``min_silhouette`` (0.25: "no substantial structure", Kaufman and Rousseeuw, "Finding Groups in
Data", 1990); and evenly spread points in which the same algorithm finds as clear a picture. The
last is there because the box of the gap lies askew where no axis is principal, and is too large.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from winback.clusters.features import Floats, Labels
from winback.clusters.partitions import NOISE, one_thread

# points and numbers of clusters -> k -> labels
Partition = Callable[[Floats, Sequence[int]], Mapping[int, Labels]]


@dataclass(frozen=True)
class Step:
    """One k of the curves; `silhouette` is None at k = 1, `gap_error` is s(k)."""

    k: int
    inertia: float
    silhouette: float | None
    gap: float
    gap_error: float


@dataclass(frozen=True)
class Choice:
    """What each rule says (None: nothing), and what follows.

    `k` is what the configured rule picked, 1 after a veto; `reason` says why in a sentence.
    """

    k: int
    elbow_k: int | None
    silhouette_k: int | None
    gap_k: int
    reason: str


def inertia(points: Floats, labels: Labels) -> float:
    """Return the sum of squared distances of clustered points to the mean of their cluster."""
    total = 0.0
    for label in np.unique(labels[labels != NOISE]):
        members = points[labels == label]
        total += float(((members - members.mean(axis=0)) ** 2).sum())
    return total


def silhouette(points: Floats, labels: Labels) -> float | None:
    """Return the mean silhouette of the clustered points, -1 to 1; None for fewer than two
    clusters, or clusters of single points only."""
    from sklearn.metrics import silhouette_score

    kept = labels != NOISE
    clusters = len(np.unique(labels[kept]))
    if not 2 <= clusters < kept.sum():
        return None
    with one_thread():
        return float(silhouette_score(points[kept], labels[kept]))


def curves(
    points: Floats, partition: Partition, k_max: int, references: int, seed: int
) -> list[Step]:
    """Return the three curves, k = 1 to `k_max` or the number of different points.

    Args:
        points: rows by coordinates; silhouettes take the square of their number in time.
        partition: the algorithm.
        k_max: largest k.
        references: sets of evenly spread points that the gap compares with.
        seed: of these sets.
    """
    ks = range(1, min(k_max, len(np.unique(points, axis=0))) + 1)
    labels = partition(points, ks)
    found = {k: inertia(points, labels[k]) for k in ks}
    logs = np.empty((references, len(ks)))
    for row, reference in enumerate(even_points(points, references, seed)):
        spread = partition(reference, ks)
        logs[row] = [_log(inertia(reference, spread[k]), found[1]) for k in ks]
    errors = logs.std(axis=0) * math.sqrt(1 + 1 / references)
    return [
        Step(
            k=k,
            inertia=found[k],
            silhouette=silhouette(points, labels[k]),
            gap=float(logs[:, place].mean()) - _log(found[k], found[1]),
            gap_error=float(errors[place]),
        )
        for place, k in enumerate(ks)
    ]


def choose(steps: Sequence[Step], rule: str, min_silhouette: float) -> Choice:
    """Apply the rule, and the vetoes.

    Args:
        steps: the curves.
        rule: silhouette, gap or elbow.
        min_silhouette: mean silhouette below which there are no clusters.
    """
    elbow_k, silhouette_k, gap_k = elbow(steps), best_silhouette(steps), first_gap(steps)
    picked = {"elbow": elbow_k, "silhouette": silhouette_k, "gap": gap_k}[rule]
    if gap_k == 1:
        k, reason = 1, "no more clustered than evenly spread points (gap statistic)"
    elif picked is None:
        k, reason = 1, f"the {rule} finds no number of clusters"
    else:
        mean = next(step.silhouette for step in steps if step.k == picked)
        if mean is None or mean < min_silhouette:
            shown = "none" if mean is None else f"{mean:.2f}"
            k, reason = 1, f"mean silhouette {shown}, below {min_silhouette:.2f}"
        else:
            k, reason = picked, f"{picked} clusters by the {rule}, mean silhouette {mean:.2f}"
    return Choice(k, elbow_k, silhouette_k, gap_k, reason)


def is_matched_by_even_points(
    points: Floats, labels: Labels, again: Callable[[Floats], Labels], references: int, seed: int
) -> bool:
    """Return whether the same algorithm finds as much where there is nothing.

    A Monte Carlo test (A. Hope, JRSS B 30, 1968): the data has to beat every evenly spread set.
    What is compared is the mean silhouette times the share of the points in clusters, since chance
    lumps of a few points are clear too.

    Args:
        points: rows by coordinates.
        labels: the clusters found; -1 is noise.
        again: the algorithm.
        references: how many sets.
        seed: of the sets.
    """
    found = _clarity(points, labels)
    return any(
        _clarity(even, again(even)) >= found for even in even_points(points, references, seed)
    )


def elbow(steps: Sequence[Step]) -> int | None:
    """Return the knee of the inertia, None where the curve has none."""
    from kneed import KneeLocator

    if len(steps) < 3 or steps[0].inertia <= steps[-1].inertia:
        return None
    ks, values = [step.k for step in steps], [step.inertia for step in steps]
    knee = KneeLocator(ks, values, curve="convex", direction="decreasing").knee
    return None if knee is None else int(knee)


def best_silhouette(steps: Sequence[Step]) -> int | None:
    """Return the k with the highest silhouette, the smaller one of equals."""
    known = [(step.silhouette, -step.k) for step in steps if step.silhouette is not None]
    return -max(known)[1] if known else None


def first_gap(steps: Sequence[Step]) -> int:
    """Return Tibshirani's k; the largest k where the gap never levels off."""
    for here, after in pairwise(steps):
        if here.gap >= after.gap - after.gap_error:
            return here.k
    return steps[-1].k


def even_points(points: Floats, count: int, seed: int) -> list[Floats]:
    """Return sets as large as the data, spread evenly over a box along its principal axes.

    Args:
        points: rows by coordinates.
        count: how many sets.
        seed: equal seeds give equal sets.
    """
    middle = points.mean(axis=0)
    _, _, axes = np.linalg.svd(points - middle, full_matrices=False)
    turned = (points - middle) @ axes.T
    low, high = turned.min(axis=0), turned.max(axis=0)
    rng = np.random.default_rng(seed)
    return [rng.uniform(low, high, turned.shape) @ axes + middle for _ in range(count)]


def _clarity(points: Floats, labels: Labels) -> float:
    return (silhouette(points, labels) or 0.0) * float((labels != NOISE).mean())


def _log(value: float, whole: float) -> float:
    # as many clusters as different points have no inertia left
    return math.log(max(value, 1e-9 * max(whole, 1e-9)))
