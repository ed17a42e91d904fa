"""Means over a beta distribution, by Gauss-Jacobi quadrature.

The published expectations of BG/NBD, MBG/NBD and BG/BB are means over a beta distribution, written
with Gauss' hypergeometric function or with ratios of gamma functions. Both have a factor
1 / (a - 1), which cannot be computed at a = 1 and loses digits near it, and library versions of the
hypergeometric function fail for frequent buyers. The mean itself is smooth everywhere.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from scipy.linalg import eigh_tridiagonal

from winback.lifetimes.fit import Floats

NODES = 48
# rows computed at once: 40 MB for each intermediate result
ROWS = 100_000


def beta_nodes(a: float, b: float, count: int = NODES) -> tuple[Floats, Floats]:
    """Return the points and weights of the Gauss rule of a beta distribution.

    Source: G. Golub and J. Welsch, "Calculation of Gauss quadrature rules", Mathematics of
    Computation 23, 1969; recurrence of the Jacobi polynomials on 0 to 1.

    Args:
        a: first parameter, above 0.
        b: second parameter, above 0.
        count: how many points; polynomials up to degree 2 * count - 1 are exact.
    """
    left, right = a - 1.0, b - 1.0
    order = np.arange(1.0, count)
    total = 2 * order + left + right
    centres = np.empty(count)
    centres[0] = (left - right) / (a + b)
    centres[1:] = (left - right) * (left + right) / (total * (total + 2))
    spreads = np.empty(count - 1)
    spreads[0] = 4 * a * b / ((a + b) ** 2 * (a + b + 1))
    k, total = order[1:], total[1:]
    spreads[1:] = 4 * k * (k + left) * (k + right) * (k + left + right)
    spreads[1:] /= total**2 * (total + 1) * (total - 1)
    points, vectors = eigh_tridiagonal(centres, np.sqrt(spreads))
    nodes = np.clip((1 + points) / 2, np.finfo(np.float64).tiny, 1.0)
    return nodes, vectors[0] ** 2


def beta_mean(a: float, b: Any, of: Callable[[Floats, Any], Floats]) -> Floats:
    """Return the mean of a function over a beta distribution, for many rows.

    Args:
        a: first parameter, shared.
        b: second parameter of each row; rows with equal ones share their points.
        of: takes points and the indices of rows, gives rows by points.
    """
    rows = np.asarray(b, dtype=np.float64)
    means = np.empty(len(rows))
    order = np.argsort(rows, kind="stable")
    starts = np.flatnonzero(np.diff(rows[order])) + 1
    for group in np.split(order, starts) if len(order) else []:
        nodes, weights = beta_nodes(a, float(rows[group[0]]))
        for start in range(0, len(group), ROWS):
            part = group[start : start + ROWS]
            means[part] = of(nodes, part) @ weights
    return means
