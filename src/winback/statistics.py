"""Intervals for what a table of figures leaves uncertain: one place for all of winback.

- **Shares** (so many of so many): Wilson's score interval (E. B. Wilson, "Probable inference, the
  law of succession, and statistical inference", JASA 22, 1927). It stays within 0 and 1 and holds
  its promise for few cases and for shares near 0, where "plus or minus two standard errors" fails
  (Brown, Cai and DasGupta, "Interval estimation for a binomial proportion", Statistical Science
  16, 2001).
- **Sums and means of skewed figures** (revenue, messages): the percentile bootstrap (B. Efron,
  "Bootstrap methods: another look at the jackknife", Annals of Statistics 7, 1979). What is drawn
  are *groups* of contacts, each contact in one group by chance (the random groups of Mahalanobis;
  K. Wolter, "Introduction to Variance Estimation", 2007, chapter 2): with few contacts this is the
  bootstrap over contacts, with a million it costs the same. Contacts are independent of one
  another, the events of one contact are not, so events are never drawn.
- **The best of several**: intervals that hold for all comparisons at once (studentised maximum;
  Romano and Wolf, "Stepwise multiple testing as formalized data snooping", Econometrica 73, 2005),
  since the best of twenty looks good by luck alone.
"""

from __future__ import annotations

from statistics import NormalDist
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

CONFIDENCE = 0.95
REPLICATES = 2_000
SEED = 1927


class Interval(NamedTuple):
    """From `low` to `high`, both included."""

    low: float
    high: float


def wilson_interval(successes: int, trials: int, confidence: float = CONFIDENCE) -> Interval:
    """Return Wilson's score interval of a share, without continuity correction.

    Args:
        successes: how many had it, 0 to `trials`.
        trials: how many there were, 1 or more.
        confidence: chance with which intervals made like this hold the true share.

    Raises:
        ValueError: there were none, or successes are not among them.
    """
    if trials < 1 or not 0 <= successes <= trials:
        raise ValueError(f"{successes} of {trials} is no share")
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    share = successes / trials
    shrink = 1 + z * z / trials
    centre = (share + z * z / (2 * trials)) / shrink
    half = z / shrink * np.sqrt(share * (1 - share) / trials + (z / (2 * trials)) ** 2)
    # at 0 and at all of them the bound is exact, but for the last digit
    low = 0.0 if successes == 0 else float(centre - half)
    high = 1.0 if successes == trials else float(centre + half)
    return Interval(low, high)


def resample(sums: Any, replicates: int = REPLICATES, seed: int = SEED) -> Floats:
    """Draw groups with replacement and add up what they hold, many times.

    Args:
        sums: groups by figures, the sums of each figure over the contacts of a group. Figures of
            one call share the draws: their differences and ratios are those of the same people.
        replicates: how many times.
        seed: equal seeds draw the same groups.

    Returns:
        Replicates by figures.
    """
    values = np.asarray(sums, dtype=np.float64)
    groups = len(values)
    if groups == 0:
        return np.zeros((replicates, values.shape[1]))
    rng = np.random.default_rng(seed)
    drawn = rng.multinomial(groups, np.full(groups, 1 / groups), size=replicates)
    totals: Floats = drawn.astype(np.float64) @ values
    return totals


def percentile_interval(replicates: Any, confidence: float = CONFIDENCE) -> Interval | None:
    """Return the middle part of the resampled values of one figure.

    Values that are not finite (a draw in which nobody was left to divide by) are passed over; None
    when more than one in a hundred is, because then the figure rests on too few.
    """
    values = np.asarray(replicates, dtype=np.float64)
    finite = values[np.isfinite(values)]
    if len(finite) == 0 or len(finite) < 0.99 * len(values):
        return None
    low, high = np.quantile(finite, [(1 - confidence) / 2, (1 + confidence) / 2])
    return Interval(float(low), float(high))


def simultaneous_intervals(
    estimates: Any, replicates: Any, confidence: float = CONFIDENCE
) -> list[Interval]:
    """Return one interval per figure, such that all of them hold at once.

    Args:
        estimates: the figures.
        replicates: replicates by figures, resampled.
        confidence: chance that not one of the figures lies outside.
    """
    found = np.asarray(estimates, dtype=np.float64)
    deviations = np.asarray(replicates, dtype=np.float64) - found
    errors = deviations.std(axis=0, ddof=1)
    varies = errors > 0
    if not varies.any():
        return [Interval(float(value), float(value)) for value in found]
    largest = np.abs(deviations[:, varies] / errors[varies]).max(axis=1)
    reach = float(np.quantile(largest, confidence)) * errors
    return [Interval(float(a), float(b)) for a, b in zip(found - reach, found + reach, strict=True)]
