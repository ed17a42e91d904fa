"""Two rankings of the same people: how far their areas under the ROC curve are apart.

Source: E. DeLong, D. DeLong and D. Clarke-Pearson, "Comparing the areas under two or more
correlated receiver operating characteristic curves: a nonparametric approach", Biometrics 44, 1988;
the placements by mid-ranks as in X. Sun and W. Xu, IEEE Signal Processing Letters 21, 2014.
"""

from __future__ import annotations

from statistics import NormalDist
from typing import Any, NamedTuple

import numpy as np
from scipy.stats import rankdata

from winback.statistics import CONFIDENCE, Floats, Interval


class Difference(NamedTuple):
    """Areas of two rankings, and what the second has more, with its interval."""

    first: float
    second: float
    difference: float
    interval: Interval


def compare_rankings(
    outcomes: Any, first: Any, second: Any, confidence: float = CONFIDENCE
) -> Difference:
    """Compare two rankings of the same people.

    Args:
        outcomes: true for those who did it.
        first: a score per person, higher is likelier.
        second: the same of the other ranking.
        confidence: chance with which intervals made like this hold the true difference.

    Raises:
        ValueError: fewer than two people did it, or fewer than two did not.
    """
    did = np.asarray(outcomes, dtype=np.bool_)
    if min(did.sum(), (~did).sum()) < 2:
        raise ValueError("at least two who did it and two who did not expected")
    placed = [_placements(did, np.asarray(scores, dtype=np.float64)) for scores in (first, second)]
    area, other_area = (float(doers.mean()) for doers, _ in placed)
    doers = placed[1][0] - placed[0][0]
    others = placed[1][1] - placed[0][1]
    error = float(np.sqrt(doers.var(ddof=1) / len(doers) + others.var(ddof=1) / len(others)))
    difference = other_area - area
    reach = NormalDist().inv_cdf((1 + confidence) / 2) * error
    around = Interval(difference - reach, difference + reach)
    return Difference(area, other_area, difference, around)


def _placements(did: np.ndarray[Any, np.dtype[np.bool_]], scores: Floats) -> tuple[Floats, Floats]:
    """For each doer the share of others ranked below, for each other that of doers ranked above."""
    ranks = rankdata(scores)
    doers, others = int(did.sum()), int((~did).sum())
    below: Floats = (ranks[did] - rankdata(scores[did])) / others
    above: Floats = 1 - (ranks[~did] - rankdata(scores[~did])) / doers
    return below, above
