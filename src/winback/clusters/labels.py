"""Numbers that a cluster keeps from run to run.

A cluster takes the number of the one that was in its place: all pairs of old and new centres are
matched so that the distances add up to the least (the assignment problem; H. Kuhn, 1955), and a
pair counts only when no other new centre is nearer to the old one. What has no partner takes a
number that was never used; the numbers of what is gone are kept for its return.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from winback.clusters.features import Floats


def match_labels(
    centres: Floats, sizes: Sequence[int], known: Any, numbers: Sequence[int], next_number: int
) -> list[int]:
    """Return the number of each cluster.

    Args:
        centres: clusters by coordinates.
        sizes: points of each; new numbers are given to the largest first.
        known: centres of the numbered clusters, in the same coordinates.
        numbers: their numbers.
        next_number: the first that was never used.
    """
    from scipy.optimize import linear_sum_assignment
    from scipy.spatial.distance import cdist

    found: dict[int, int] = {}
    if len(numbers) and len(centres):
        distances = cdist(np.asarray(known, dtype=np.float64), centres)
        for old, new in zip(*linear_sum_assignment(distances), strict=True):
            if distances[old, new] <= distances[old].min():
                found[int(new)] = numbers[old]
    for place in sorted(range(len(centres)), key=lambda place: (-sizes[place], place)):
        if place not in found:
            found[place] = next_number
            next_number += 1
    return [found[place] for place in range(len(centres))]
