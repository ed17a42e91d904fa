"""Who looks every day: how often is a difference found where there is none?"""

from math import log, sqrt

import numpy as np
import pytest

from winback.experiments.comparisons import Comparison
from winback.experiments.sequential import (
    TUNED_FOR,
    always_valid_interval,
    always_valid_multiple,
)
from winback.statistics import Interval

DAYS = 60
RUNS = 3_000


def _looks(rng: np.random.Generator, daily: int, rate: float) -> tuple[np.ndarray, np.ndarray]:
    """z of the difference and contacts, by run and day; both arms gain `daily` contacts a day."""
    did = rng.binomial(daily, rate, (RUNS, DAYS, 2)).cumsum(axis=1)
    contacts = daily * np.arange(1, DAYS + 1)
    share = did / contacts[None, :, None]
    error = np.sqrt((share * (1 - share)).sum(axis=2) / contacts)
    return (share[:, :, 0] - share[:, :, 1]) / error, 2 * contacts


@pytest.mark.parametrize(("daily", "rate"), [(200, 0.1), (40, 0.5), (1_000, 0.03)])
def test_peeking_every_day_is_safe_with_one_and_not_with_the_other(daily: int, rate: float) -> None:
    z, contacts = _looks(np.random.default_rng(daily), daily, rate)
    limits = np.array([always_valid_multiple(int(n)) for n in contacts])
    assert (np.abs(z) > limits).any(axis=1).mean() < 0.05
    assert (np.abs(z) > 1.96).any(axis=1).mean() > 0.2
    assert (np.abs(z[:, -1]) > 1.96).mean() == pytest.approx(0.05, abs=0.013)


def test_a_cohort_drawn_at_once_may_be_watched_too() -> None:
    """Contacts are all there on the first day and act one after the other: the other way in which
    what is seen today differs from what was seen yesterday."""
    rng = np.random.default_rng(8)
    contacts, days = 2_000, 14
    did = rng.multinomial(contacts, [0.01] * days + [1 - 0.01 * days], (RUNS, 2))
    share = did[:, :, :days].cumsum(axis=2) / contacts
    error = np.sqrt((share * (1 - share)).sum(axis=1) / contacts)
    z = (share[:, 0] - share[:, 1]) / error
    assert (np.abs(z) > always_valid_multiple(2 * contacts)).any(axis=1).mean() < 0.05
    assert (np.abs(z) > 1.96).any(axis=1).mean() > 0.1


def test_the_formula() -> None:
    """Half-width of the confidence sequence as the paper writes it, for a mean of variance 1."""
    n, alpha = 1_234, 0.05
    rho2 = (-2 * log(alpha) + log(-2 * log(alpha) + 1)) / TUNED_FOR
    published = sqrt(2 * (n * rho2 + 1) / (n * n * rho2) * log(sqrt(n * rho2 + 1) / alpha))
    assert always_valid_multiple(n) / sqrt(n) == pytest.approx(published)


def test_it_is_tightest_where_it_was_tuned_for() -> None:
    # in units of the deviation: what an interval of n contacts could be at best
    widths = {n: always_valid_multiple(n) for n in (50, 500, 5_000, 500_000)}
    assert widths[5_000] < widths[500] < widths[50]
    assert widths[5_000] < widths[500_000]
    assert widths[5_000] == pytest.approx(3.0, abs=0.1)


def test_it_holds_the_difference_in_its_middle() -> None:
    found = always_valid_interval(Comparison(0.5, 0.1, Interval(0.3, 0.7), 5.0, 0.0), 5_000)
    assert (found.low + found.high) / 2 == pytest.approx(0.5)
    assert found.high - found.low > 0.4
