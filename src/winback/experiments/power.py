"""How many contacts a test needs, and what a given number can show.

- **Rates**: the normal approximation of the z test, with the pooled rate under "no difference" and
  each arm's own under the effect (J. L. Fleiss, B. Levin, M. C. Paik, "Statistical Methods for
  Rates and Proportions", 3rd edition 2003, chapter 4).
- **Means**: the t test with its non-central t distribution (J. Cohen, "Statistical Power Analysis
  for the Behavioral Sciences", 1988, chapter 2).

All tests are two-sided.
"""

from __future__ import annotations

from collections.abc import Callable
from math import sqrt

from scipy import stats

from winback.experiments.moments import Moments

ALPHA = 0.05
POWER = 0.8

# beyond this nobody has contacts, and the search ends
LARGEST = 1e12


def power_of_rates(
    control_rate: float,
    treated_rate: float,
    control_contacts: float,
    treated_contacts: float,
    alpha: float = ALPHA,
    critical: float | None = None,
) -> float:
    """Return the chance that the z test finds a difference between two rates.

    Args:
        control_rate: true rate of the control arm, between 0 and 1.
        treated_rate: true rate of the treated arm.
        control_contacts: contacts of the control arm.
        treated_contacts: contacts of the treated arm.
        alpha: chance of a finding where there is no difference.
        critical: standard errors from which on a difference is a finding; None: as alpha says.
    """
    contacts = control_contacts + treated_contacts
    pooled = (control_rate * control_contacts + treated_rate * treated_contacts) / contacts
    under_none = sqrt(pooled * (1 - pooled) * (1 / control_contacts + 1 / treated_contacts))
    under_effect = sqrt(
        control_rate * (1 - control_rate) / control_contacts
        + treated_rate * (1 - treated_rate) / treated_contacts
    )
    limit = (float(stats.norm.isf(alpha / 2)) if critical is None else critical) * under_none
    effect = treated_rate - control_rate
    if under_effect == 0:
        return float(abs(effect) > limit)
    return float(
        stats.norm.sf((limit - effect) / under_effect)
        + stats.norm.cdf((-limit - effect) / under_effect)
    )


def power_of_means(
    effect: float,
    deviation: float,
    control_contacts: float,
    treated_contacts: float,
    alpha: float = ALPHA,
    critical: float | None = None,
) -> float:
    """Return the chance that the t test finds a difference between two means.

    Args:
        effect: true difference.
        deviation: standard deviation of a contact's value, the same in both arms.
        control_contacts: contacts of the control arm.
        treated_contacts: contacts of the treated arm.
        alpha: chance of a finding where there is no difference.
        critical: standard errors from which on a difference is a finding; None: as alpha says.
    """
    freedom = control_contacts + treated_contacts - 2
    if freedom <= 0:
        return 0.0
    away = abs(effect) / (deviation * sqrt(1 / control_contacts + 1 / treated_contacts))
    limit = float(stats.t.isf(alpha / 2, freedom)) if critical is None else critical
    # so far out the non-central t cannot be computed, and need not be
    if away > limit + 40:
        return 1.0
    wrong_side = float(stats.nct.cdf(-limit, freedom, away)) if away < 8 else 0.0
    return float(stats.nct.sf(limit, freedom, away)) + wrong_side


def smallest_where(reaches: Callable[[float], bool], low: float, high: float) -> float | None:
    """Return the smallest number from `low` to `high` for which something holds, to 9 digits.

    Args:
        reaches: holds for a number and for all larger ones.
        low: where to begin, above 0.
        high: where to end.

    Returns:
        None when it does not hold for `high` either.
    """
    if reaches(low):
        return low
    if not reaches(high):
        return None
    # halving the ratio, not the distance: answers lie many powers of ten apart
    while high / low > 1 + 1e-10:
        middle = sqrt(low * high)
        low, high = (low, middle) if reaches(middle) else (middle, high)
    return high


def smallest_effect(
    treated: Moments,
    control: Moments,
    *,
    is_rate: bool,
    alpha: float = ALPHA,
    power: float = POWER,
) -> float | None:
    """Return the smallest difference upwards that arms of these sizes would find.

    The control arm says what to expect without treatment: its rate, or its deviation.

    Returns:
        None where the control arm does not vary, or no difference would be found.
    """
    if control.variance <= 0:
        return None
    if is_rate:
        rate = control.mean
        return smallest_where(
            lambda effect: (
                power_of_rates(rate, rate + effect, control.contacts, treated.contacts, alpha)
                >= power
            ),
            1e-12,
            1 - rate,
        )
    deviation = sqrt(control.variance)
    return smallest_where(
        lambda effect: (
            power_of_means(effect, deviation, control.contacts, treated.contacts, alpha) >= power
        ),
        deviation * 1e-9,
        deviation * 1e3,
    )
