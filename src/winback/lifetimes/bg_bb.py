"""BG/BB: opportunities to engage, one after the other, and dropping out before one of them.

While alive, a contact takes each opportunity (here: engages with a message) with a chance of its
own (beta distributed: alpha, beta). Before each opportunity it drops out with a chance of its own
(beta distributed: gamma, delta).

Source: P. Fader, B. Hardie and J. Shang, "Customer-base analysis in a discrete-time noncontractual
setting", Marketing Science 29(6), 2010.

`engaged` counts the opportunities taken, `last_engaged` is the place of the last one taken (0 when
none was), `opportunities` how many there were.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from scipy.special import betaln, gammaln

from winback.lifetimes.fit import DEGENERATE, Fit, Floats, maximise, too_few
from winback.lifetimes.quadrature import beta_mean

MODEL = "bg_bb"
PARAMETERS = ("alpha", "beta", "gamma", "delta")
STARTS = ((1.0, 1.0, 0.5, 3.0), (1.0, 4.0, 0.3, 10.0), (0.3, 1.0, 0.2, 2.0), (3.0, 3.0, 1.0, 30.0))
# how many messages ahead the end of a contact's interest is looked for
AHEAD = 512

Whole = np.ndarray[Any, np.dtype[np.int64]]


class Opportunities(NamedTuple):
    """Equal contacts, counted: arrays of one length."""

    engaged: Whole
    last_engaged: Whole
    opportunities: Whole
    contacts: Floats


class _Ends:
    """Chances to have dropped out at each place, for all numbers of engagements at once.

    The published likelihood sums over the places at which a contact may have dropped out. For one
    number of engagements all contacts share the terms, and differ only in where the sum begins and
    ends: two sums up to the end, one taken from the other.
    """

    def __init__(self, parameters: Floats, engaged: Whole, most: int) -> None:
        alpha, beta, gamma, delta = parameters
        counts, self._row = np.unique(engaged, return_inverse=True)
        place = np.arange(most)
        missed = place - counts[:, None]
        terms = (
            gammaln(alpha + counts)[:, None] - gammaln(alpha + beta + place) - betaln(alpha, beta)
        )
        terms = terms + gammaln(beta + place)[np.maximum(missed, 0)]
        terms = terms + betaln(gamma + 1, delta + place) - betaln(gamma, delta)
        terms = np.where(missed >= 0, terms, -np.inf)
        self._tail = np.full((len(counts), most + 1), -np.inf)
        self._tail[:, :most] = np.logaddexp.accumulate(terms[:, ::-1], axis=1)[:, ::-1]

    def between(self, first: Whole, end: Whole) -> Floats:
        """Log-probability of the history and an end at a place from `first` to before `end`."""
        whole, rest = self._tail[self._row, first], self._tail[self._row, end]
        with np.errstate(divide="ignore", invalid="ignore"):
            found = whole + np.log1p(-np.exp(rest - whole))
        return np.where(first < end, found, -np.inf)


def _log_alive(parameters: Floats, engaged: Whole, opportunities: Whole, ahead: int = 0) -> Floats:
    """Log-probability of the history and of being alive at the end, or `ahead` places later."""
    alpha, beta, gamma, delta = parameters
    # all of it in whole steps: far fewer gamma functions than rows
    steps = np.arange(int(opportunities.max(initial=0)) + 1)
    ends = betaln(gamma, delta + steps + ahead) - betaln(gamma, delta) - betaln(alpha, beta)
    found: Floats = (ends - gammaln(alpha + beta + steps))[opportunities]
    found = found + gammaln(alpha + steps)[engaged]
    found = found + gammaln(beta + steps)[opportunities - engaged]
    return found


def _log_each(parameters: Floats, history: Opportunities) -> Floats:
    """Log-likelihood of each row."""
    engaged, last, opportunities, _ = history
    most = int(opportunities.max(initial=0))
    gone = _Ends(parameters, engaged, most).between(last, opportunities)
    return np.logaddexp(_log_alive(parameters, engaged, opportunities), gone)


def log_likelihood(parameters: Floats, history: Opportunities) -> float:
    """Return the log-likelihood of all contacts.

    Source: Fader, Hardie and Shang 2010, equation 7.

    Args:
        parameters: alpha, beta, gamma, delta.
        history: the contacts.
    """
    return float(history.contacts @ _log_each(parameters, history))


def fit(history: Opportunities) -> Fit:
    """Estimate the parameters by maximum likelihood.

    Args:
        history: contacts with at least one opportunity.

    Returns:
        The fit; `degenerate` when nobody ever engaged, when all contacts are alike, and when the
        data do not determine the parameters.
    """
    contacts = float(history.contacts.sum())
    small = too_few(MODEL, contacts)
    if small is not None:
        return small
    if not (history.engaged > 0).any():
        return Fit(MODEL, DEGENERATE, int(contacts), "nobody engaged with a message")
    if all(len(np.unique(values)) == 1 for values in history[:3]):
        return Fit(MODEL, DEGENERATE, int(contacts), "all contacts are alike")
    return maximise(
        MODEL,
        PARAMETERS,
        lambda parameters: log_likelihood(parameters, history),
        STARTS,
        contacts,
    )


def probability_alive(parameters: Floats, history: Opportunities) -> Floats:
    """Return the chance that each contact is there for the next opportunity.

    Source: Fader, Hardie and Shang 2010, equation 11, at the next opportunity.

    Args:
        parameters: alpha, beta, gamma, delta.
        history: the contacts.
    """
    alive = _log_alive(parameters, history.engaged, history.opportunities, ahead=1)
    return np.exp(alive - _log_each(parameters, history))


def expected_engagements(parameters: Floats, ahead: Floats, history: Opportunities) -> Floats:
    """Return the engagements to be expected of each contact in opportunities to come.

    It is the published conditional expectation (Fader, Hardie and Shang 2010, equation 13) before
    the integral over the chance to drop out is solved, so that gamma may be 1.

    Args:
        parameters: alpha, beta, gamma, delta.
        ahead: number of opportunities to come, of each row; need not be whole.
        history: the contacts.
    """
    alpha, beta, gamma, delta = parameters
    chance = (alpha + history.engaged) / (alpha + beta + history.opportunities)

    def taken(leaves: Floats, rows: Any) -> Floats:
        with np.errstate(divide="ignore", invalid="ignore"):
            stays = np.where(ahead[rows, None] > 0, ahead[rows, None] * np.log1p(-leaves), 0.0)
        found: Floats = -np.expm1(stays) / leaves
        return found

    while_alive = beta_mean(gamma, delta + history.opportunities + 1, taken)
    expected: Floats = probability_alive(parameters, history) * chance * while_alive
    return expected


def inactive_after(parameters: Floats, history: Opportunities) -> Floats:
    """Return after which opportunity the chance to be alive falls under one half.

    That is counted from the contact's first opportunity on, if none after the last one engaged
    with is taken. Not a number where it does not fall within the `AHEAD` next ones.

    Args:
        parameters: alpha, beta, gamma, delta.
        history: the contacts; how many opportunities there were does not count.
    """
    engaged, last = history.engaged, history.last_engaged
    ends = _Ends(parameters, engaged, int(last.max(initial=0)) + AHEAD)

    def is_gone(place: Whole) -> Any:
        staying = _log_alive(parameters, engaged, place)
        all_of_it = np.logaddexp(staying, ends.between(last, place))
        return _log_alive(parameters, engaged, place, ahead=1) - all_of_it < np.log(0.5)

    low, high = last.copy(), last + AHEAD
    is_found = is_gone(high)
    while (low < high).any():
        middle = (low + high) // 2
        gone = is_gone(middle)
        high = np.where(gone, middle, high)
        low = np.where(gone, low, np.minimum(middle + 1, high))
    return np.where(is_found, high.astype(np.float64), np.nan)
