"""Data that determine no parameters are said to, and no parameters are given."""

import numpy as np
import pytest

from winback.lifetimes import bg_bb, bg_nbd, gamma_gamma
from winback.lifetimes.fit import Fit, maximise
from winback.lifetimes.gamma_gamma import Values

from .data import history, purchases

MANY = np.ones(500)


def check(found: Fit, status: str, reason: str) -> None:
    assert (found.status, found.parameters, found.log_likelihood) == (status, None, None)
    assert reason in (found.reason or "")
    with pytest.raises(ValueError, match="nothing to predict with"):
        _ = found.values


@pytest.mark.parametrize("modified", [False, True])
def test_nobody_repeats(modified: bool) -> None:
    ages = np.linspace(1, 80, 500)
    found = bg_nbd.fit(purchases(0 * ages, 0 * ages, ages), modified=modified)
    check(found, "degenerate", "nobody bought on a second day")


@pytest.mark.parametrize("modified", [False, True])
def test_all_buyers_are_alike(modified: bool) -> None:
    found = bg_nbd.fit(purchases(5 * MANY, 30 * MANY, 40 * MANY), modified=modified)
    check(found, "degenerate", "alike")


# equal but for the day they were acquired on: one rate for all, and nobody ever leaves
@pytest.mark.parametrize("modified", [False, True])
def test_buyers_who_tick_like_a_clock(modified: bool) -> None:
    ages = np.linspace(20, 80, 500)
    found = bg_nbd.fit(purchases(ages // 4, ages // 4 * 4, ages), modified=modified)
    assert found.status == "degenerate" and found.parameters is None and found.reason


@pytest.mark.parametrize("modified", [False, True])
def test_few_buyers(modified: bool) -> None:
    found = bg_nbd.fit(purchases([1, 2, 0], [3, 4, 0], [9, 9, 9]), modified=modified)
    check(found, "too_few", "fewer than 50")
    assert found.contacts == 3


def test_no_buyers_at_all() -> None:
    check(bg_nbd.fit(purchases([], [], []), modified=True), "too_few", "fewer")
    check(bg_bb.fit(history([], [], [])), "too_few", "fewer")
    check(gamma_gamma.fit(Values(*np.zeros((3, 0)))), "too_few", "fewer")


def test_one_price() -> None:
    found = gamma_gamma.fit(Values(np.arange(1.0, 501), 20 * MANY, MANY))
    check(found, "degenerate", "alike")


# a mean value that differs in nothing but a cent
def test_nearly_one_price() -> None:
    value = 20 + 0.01 * (np.arange(500) % 2)
    found = gamma_gamma.fit(Values(1 + np.arange(500.0) % 7, value, MANY))
    assert found.status == "degenerate" and found.parameters is None


# a few contacts in a thousand spend nearly everything
def test_values_without_a_mean() -> None:
    rng = np.random.default_rng(3)
    frequency = rng.integers(1, 9, 3000).astype(float)
    value = rng.gamma(5 * frequency) / frequency / rng.gamma(0.6, 1, 3000)
    check(gamma_gamma.fit(Values(frequency, value, np.ones(3000))), "degenerate", "no finite mean")


def test_what_was_sent_back_is_no_value() -> None:
    value = np.where(np.arange(500) < 480, -1.0, 30.0)
    check(gamma_gamma.fit(Values(MANY, value, MANY)), "too_few", "fewer")


def test_nobody_engages() -> None:
    places = np.arange(500) % 20 + 1
    check(bg_bb.fit(history(0 * places, 0 * places, places)), "degenerate", "nobody engaged")


def test_everybody_engages_always() -> None:
    places = np.arange(500) % 20 + 1
    found = bg_bb.fit(history(places, places, places))
    assert found.status == "degenerate" and found.parameters is None and found.reason


def test_all_readers_are_alike() -> None:
    whole = MANY.astype(int)
    check(bg_bb.fit(history(3 * whole, 5 * whole, 9 * whole)), "degenerate", "alike")


def test_a_parameter_that_changes_nothing_is_named() -> None:
    def only_the_first(parameters: np.ndarray) -> float:
        return float(-100 * np.log(parameters[0] / 3) ** 2 - 1e-3 * np.log(parameters[1]) ** 2)

    found = maximise("model", ["known", "unknown"], only_the_first, [(1.0, 2.0)], 100)
    check(found, "degenerate", "do not determine unknown")


def test_a_maximum_inside_is_found() -> None:
    def around_three(parameters: np.ndarray) -> float:
        return float(-100 * np.log(parameters[0] / 3) ** 2)

    found = maximise("model", ["known"], around_three, [(1.0,)], 100)
    assert found.status == "fitted" and found.values[0] == pytest.approx(3, rel=1e-5)
