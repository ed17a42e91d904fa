"""Tests and intervals between arms, from sums alone. Differences are treated minus control.

- **Two rates**: the z test with the pooled rate (under "no difference" there is one rate), and the
  interval with each arm's own (Wald). Both need some of either outcome in each arm.
- **Two means**: Welch's t test and interval, which do not ask for equal variances (B. L. Welch,
  "The generalization of Student's problem", Biometrika 34, 1947).
- **Many arms at once**: Pearson's chi-square for rates, Welch's analysis of variance for means
  (B. L. Welch, "On the comparison of several mean values", Biometrika 38, 1951).
- **Many comparisons**: Holm's step-down correction (S. Holm, "A simple sequentially rejective
  multiple test procedure", Scandinavian Journal of Statistics 6, 1979).
- **Sample ratio**: chi-square of the arms' sizes against those that were meant (A. Fabijan et al.,
  "Diagnosing sample ratio mismatch in online controlled experiments", KDD 2019).
"""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt
from typing import NamedTuple

from scipy import stats

from winback.experiments.moments import Moments
from winback.statistics import CONFIDENCE, Interval


class Comparison(NamedTuple):
    """A difference: its standard error and interval, and a test against none.

    `statistic` and `p_value` are None where nothing varies, so that nothing can be tested.
    """

    difference: float
    error: float
    interval: Interval
    statistic: float | None
    p_value: float | None


class Omnibus(NamedTuple):
    """A test of "all arms are alike"."""

    statistic: float
    p_value: float


def compare_rates(treated: Moments, control: Moments, confidence: float = CONFIDENCE) -> Comparison:
    """Compare two rates: z test with the pooled rate, interval with the unpooled ones."""
    difference = treated.mean - control.mean
    contacts = treated.contacts + control.contacts
    pooled = (treated.value_sum + control.value_sum) / contacts
    own = sqrt(sum(arm.mean * (1 - arm.mean) / arm.contacts for arm in (treated, control)))
    error = sqrt(pooled * (1 - pooled) * (1 / treated.contacts + 1 / control.contacts))
    reach = float(stats.norm.ppf((1 + confidence) / 2)) * own
    interval = Interval(difference - reach, difference + reach)
    if error == 0:
        return Comparison(difference, own, interval, None, None)
    z = difference / error
    return Comparison(difference, own, interval, z, 2 * float(stats.norm.sf(abs(z))))


def compare_means(treated: Moments, control: Moments, confidence: float = CONFIDENCE) -> Comparison:
    """Compare two means by Welch's t test."""
    return _welch(
        treated.mean - control.mean,
        [(arm.variance / arm.contacts, arm.contacts) for arm in (treated, control)],
        confidence,
    )


def _welch(difference: float, errors: Sequence[tuple[float, int]], confidence: float) -> Comparison:
    squared = sum(error for error, _ in errors)
    if squared == 0:
        return Comparison(difference, 0.0, Interval(difference, difference), None, None)
    # Welch-Satterthwaite; an arm of one contact has no variance and no say
    freedom = squared**2 / sum(error**2 / (n - 1) for error, n in errors if n > 1)
    error = sqrt(squared)
    t = difference / error
    reach = float(stats.t.ppf((1 + confidence) / 2, freedom)) * error
    interval = Interval(difference - reach, difference + reach)
    return Comparison(difference, error, interval, t, 2 * float(stats.t.sf(abs(t), freedom)))


def compare_adjusted(
    treated: Moments, control: Moments, theta: float, confidence: float = CONFIDENCE
) -> tuple[Comparison, float]:
    """Compare means less `theta` times what contacts did before (CUPED).

    Args:
        treated: the arm.
        control: the arm it is compared with.
        theta: slope of the value on the value before, one for both arms.
        confidence: of the interval.

    Returns:
        The comparison, and the part of the difference's variance that went away (below 0 where
        it grew).
    """
    difference = treated.mean - control.mean - theta * (treated.before_mean - control.before_mean)
    errors, plain = [], 0.0
    for arm in (treated, control):
        left = arm.variance - 2 * theta * arm.covariance + theta**2 * arm.before_variance
        errors.append((max(left, 0.0) / arm.contacts, arm.contacts))
        plain += arm.variance / arm.contacts
    comparison = _welch(difference, errors, confidence)
    gone = 1 - comparison.error**2 / plain if plain > 0 else 0.0
    return comparison, gone


def pooled_theta(arms: Sequence[Moments]) -> float | None:
    """Return the slope of the value on the value before, within all arms together.

    One slope for all arms keeps the difference unbiased; within, so that what the treatment did
    does not enter it (A. Deng, Y. Xu, R. Kohavi, T. Walker, "Improving the sensitivity of online
    controlled experiments by utilizing pre-experiment data", WSDM 2013, section 3).

    Returns:
        None where nobody's past differs, so that it can explain nothing.
    """
    before = sum(arm.before_variance * (arm.contacts - 1) for arm in arms)
    if before <= 0:
        return None
    return sum(arm.covariance * (arm.contacts - 1) for arm in arms) / before


def chi_square(arms: Sequence[Moments]) -> Omnibus | None:
    """Test that the rates of all arms are one; None where nobody or everybody did it."""
    contacts = sum(arm.contacts for arm in arms)
    rate = sum(arm.value_sum for arm in arms) / contacts
    if len(arms) < 2 or rate in (0.0, 1.0):
        return None
    statistic = sum(arm.contacts * (arm.mean - rate) ** 2 / (rate * (1 - rate)) for arm in arms)
    return Omnibus(statistic, float(stats.chi2.sf(statistic, len(arms) - 1)))


def welch_anova(arms: Sequence[Moments]) -> Omnibus | None:
    """Test that the means of all arms are one; None where an arm does not vary."""
    count = len(arms)
    if count < 2 or any(arm.variance <= 0 for arm in arms):
        return None
    weights = [arm.contacts / arm.variance for arm in arms]
    total = sum(weights)
    centre = sum(weight * arm.mean for weight, arm in zip(weights, arms, strict=True)) / total
    between = sum(
        weight * (arm.mean - centre) ** 2 for weight, arm in zip(weights, arms, strict=True)
    ) / (count - 1)
    spread = sum(
        (1 - weight / total) ** 2 / (arm.contacts - 1)
        for weight, arm in zip(weights, arms, strict=True)
    )
    statistic = between / (1 + 2 * (count - 2) / (count**2 - 1) * spread)
    freedom = (count**2 - 1) / (3 * spread)
    return Omnibus(statistic, float(stats.f.sf(statistic, count - 1, freedom)))


def sample_ratio(contacts: Sequence[int], weights: Sequence[float]) -> float | None:
    """Return the p value of the arms' sizes against what was meant.

    Args:
        contacts: contacts of each arm.
        weights: what each arm was meant to get, in any unit; 0 for an arm that should not be.

    Returns:
        None with fewer than two arms, or where no arm was meant to get anybody; 0 where an arm
        that should not be holds somebody.
    """
    total = sum(weights)
    if len(contacts) < 2 or total <= 0:
        return None
    if any(n > 0 and weight <= 0 for n, weight in zip(contacts, weights, strict=True)):
        return 0.0
    meant = [(n, sum(contacts) * w / total) for n, w in zip(contacts, weights, strict=True) if w]
    if len(meant) < 2 or sum(contacts) == 0:
        return None
    statistic = sum((n - expected) ** 2 / expected for n, expected in meant)
    return float(stats.chi2.sf(statistic, len(meant) - 1))


def holm(p_values: Sequence[float | None]) -> list[float | None]:
    """Correct p values of one family of comparisons; None, where nothing was tested, stays."""
    tested = sorted((p, place) for place, p in enumerate(p_values) if p is not None)
    corrected: list[float | None] = [None] * len(p_values)
    largest = 0.0
    for rank, (p, place) in enumerate(tested):
        largest = max(largest, min(1.0, p * (len(tested) - rank)))
        corrected[place] = largest
    return corrected
