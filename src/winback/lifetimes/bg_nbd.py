"""BG/NBD and MBG/NBD: purchases in continuous time, and dropping out after one of them.

While alive, a contact buys at a rate of its own (rates are gamma distributed: shape r, scale
1/alpha). After each repeat purchase it drops out with a chance of its own (beta distributed: a, b).
In the modified model it may drop out right after the acquisition as well.

Sources:

- P. Fader, B. Hardie and K. L. Lee, "Counting your customers" the easy way: an alternative to the
  Pareto/NBD model, Marketing Science 24(2), 2005 (BG/NBD);
- E. Batislam, M. Denizel and A. Filiztekin, "Empirical validation and comparison of models for
  customer base analysis", International Journal of Research in Marketing 24(3), 2007, and
  U. Wagner and D. Hoppe, "Erratum on the MBG/NBD model", the same journal 25(3), 2008 (MBG/NBD).

Time is counted in weeks of 7 days. `frequency` is the number of repeat purchases, `recency` the
time from the first purchase to the last one, `age` the time from the first purchase to now.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from scipy.special import betaln, expit, gammaln

from winback.lifetimes.fit import DEGENERATE, Fit, Floats, maximise, too_few
from winback.lifetimes.quadrature import beta_mean

PARAMETERS = ("r", "alpha", "a", "b")
STARTS = ((0.5, 5.0, 1.0, 2.0), (1.0, 20.0, 0.3, 3.0), (0.2, 1.0, 0.5, 0.5), (3.0, 10.0, 2.0, 10.0))


class Purchases(NamedTuple):
    """Equal contacts, counted: arrays of one length, times in weeks."""

    frequency: Floats
    recency: Floats
    age: Floats
    contacts: Floats


def name(modified: bool) -> str:
    """Return the name of the model in tables."""
    return "mbg_nbd" if modified else "bg_nbd"


def _chances(frequency: Any, modified: bool) -> Any:
    """How many times a contact could have dropped out and did not, if it is alive."""
    return frequency + 1 if modified else frequency


def _log_odds_gone(parameters: Floats, purchases: Purchases, modified: bool) -> Floats:
    """Logarithm of P(gone) / P(alive); minus infinity where nobody can be gone yet."""
    r, alpha, a, b = parameters
    frequency, recency, age, _ = purchases
    chances = _chances(frequency, modified)
    with np.errstate(divide="ignore", invalid="ignore"):
        odds = np.log(a) - np.log(b + chances - 1)
        odds = odds + (r + frequency) * (np.log(alpha + age) - np.log(alpha + recency))
    return np.where(chances > 0, odds, -np.inf)


def log_likelihood(parameters: Floats, purchases: Purchases, *, modified: bool) -> float:
    """Return the log-likelihood of all contacts.

    Source: Fader, Hardie and Lee 2005, equation 6; Batislam et al. 2007, equation 5.

    Args:
        parameters: r, alpha, a, b.
        purchases: the contacts.
        modified: MBG/NBD, else BG/NBD.
    """
    r, alpha, a, b = parameters
    frequency = purchases.frequency
    # once per number of purchases, and there are few of them
    counts = np.arange(int(frequency.max(initial=0)) + 1)
    each = gammaln(r + counts) - gammaln(r) + r * np.log(alpha)
    each = each + betaln(a, b + _chances(counts, modified)) - betaln(a, b)
    alive = each[frequency.astype(np.int64)] - (r + frequency) * np.log(alpha + purchases.age)
    gone = np.logaddexp(0.0, _log_odds_gone(parameters, purchases, modified))
    return float(purchases.contacts @ (alive + gone))


def fit(purchases: Purchases, *, modified: bool) -> Fit:
    """Estimate the parameters by maximum likelihood.

    Args:
        purchases: the contacts; rows that occur once are fine.
        modified: MBG/NBD, else BG/NBD.

    Returns:
        The fit; `degenerate` when nobody bought twice, when all contacts are alike, and when the
        data do not determine the parameters.
    """
    model, contacts = name(modified), float(purchases.contacts.sum())
    small = too_few(model, contacts)
    if small is not None:
        return small
    if not (purchases.frequency > 0).any():
        return Fit(model, DEGENERATE, int(contacts), "nobody bought on a second day")
    if all(len(np.unique(values)) == 1 for values in purchases[:3]):
        return Fit(model, DEGENERATE, int(contacts), "all contacts are alike")
    return maximise(
        model,
        PARAMETERS,
        lambda parameters: log_likelihood(parameters, purchases, modified=modified),
        STARTS,
        contacts,
    )


def probability_alive(parameters: Floats, purchases: Purchases, *, modified: bool) -> Floats:
    """Return the chance that each contact is still a customer.

    Under BG/NBD it is 1 for everyone without a repeat purchase, so nobody is to be ranked by it.

    Source: Fader, Hardie and Lee 2005, and "Computing P(alive) using the BG/NBD model" (2008) by
    Fader and Hardie; Wagner and Hoppe 2008.

    Args:
        parameters: r, alpha, a, b.
        purchases: the contacts.
        modified: MBG/NBD, else BG/NBD.
    """
    alive: Floats = expit(-_log_odds_gone(parameters, purchases, modified))
    return alive


def expected_orders(
    parameters: Floats, weeks: float, purchases: Purchases, *, modified: bool
) -> Floats:
    """Return the purchase days to be expected of each contact in the time to come.

    It is the published conditional expectation (Fader, Hardie and Lee 2005, equation 10; Wagner
    and Hoppe 2008) before the integral over the chance to drop out is written with the
    hypergeometric function.

    Args:
        parameters: r, alpha, a, b.
        weeks: length of the time to come.
        purchases: the contacts. Of somebody with frequency, recency and age 0, BG/NBD gives the
            expectation for a new customer.
        modified: MBG/NBD, else BG/NBD.
    """
    r, alpha, a, b = parameters
    shape = r + purchases.frequency
    reach = weeks / (alpha + purchases.age)

    def orders(chance: Floats, rows: Any) -> Floats:
        stays = shape[rows, None] * np.log1p(chance * reach[rows, None])
        found: Floats = -np.expm1(-stays) / chance
        return found

    while_alive = beta_mean(a, b + _chances(purchases.frequency, modified), orders)
    return probability_alive(parameters, purchases, modified=modified) * while_alive


def inactive_age(parameters: Floats, purchases: Purchases, *, modified: bool) -> Floats:
    """Return the age at which the chance to be alive falls under one half, if nothing is bought.

    The odds of `probability_alive` solved for the age; the age of the last purchase where the
    chance is under one half from then on. Infinite where it never falls, as for everyone without
    a repeat purchase under BG/NBD.

    Args:
        parameters: r, alpha, a, b.
        purchases: the contacts; their age does not count.
        modified: MBG/NBD, else BG/NBD.
    """
    r, alpha, a, b = parameters
    chances = _chances(purchases.frequency, modified)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        growth = (np.log(b + chances - 1) - np.log(a)) / (r + purchases.frequency)
        ages = (alpha + purchases.recency) * np.exp(growth) - alpha
    return np.where(chances > 0, np.maximum(ages, purchases.recency), np.inf)
