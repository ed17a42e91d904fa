"""Power, contacts and effects beside statsmodels and the closed formula."""

from math import ceil, sqrt

import numpy as np
import pytest
from scipy.stats import norm
from statsmodels.stats.power import NormalIndPower, TTestIndPower
from statsmodels.stats.proportion import (
    power_proportions_2indep,
    proportion_effectsize,
    samplesize_proportions_2indep_onetail,
)

from winback.errors import UserError
from winback.experiments.plan import Question, plan, read_allocation
from winback.experiments.power import power_of_means, power_of_rates, smallest_effect

from .arms import did, of


def ask(**given: object) -> Question:
    usual: dict[str, object] = {
        **{"rate": None, "mean": None, "deviation": None, "effect": None, "contacts": None},
        **{"shares": (0.5, 0.5), "power": 0.8, "alpha": 0.05, "weekly": None},
    }
    return Question(**(usual | given))  # type: ignore[arg-type]


@pytest.mark.parametrize("rate", [0.02, 0.1, 0.5])
@pytest.mark.parametrize("effect", [0.01, -0.015])
@pytest.mark.parametrize("ratio", [1, 0.25])
def test_power_of_rates_as_in_statsmodels(rate: float, effect: float, ratio: float) -> None:
    # statsmodels counts from the group whose rate is `diff` above the other
    expected = power_proportions_2indep(effect, rate, nobs1=3_000, ratio=1 / ratio, alpha=0.05)
    found = power_of_rates(rate, rate + effect, 3_000 / ratio, 3_000)
    assert found == pytest.approx(expected.power, abs=1e-9)


@pytest.mark.parametrize(
    ("control", "treated", "effect"), [(100, 100, 6.0), (30, 12, 15.0), (5_000, 20_000, -0.8)]
)
def test_power_of_means_as_in_statsmodels(control: int, treated: int, effect: float) -> None:
    expected = TTestIndPower().power(effect / 20, treated, 0.05, ratio=control / treated)
    assert power_of_means(effect, 20, control, treated) == pytest.approx(expected, abs=1e-9)


def test_an_effect_that_nobody_can_miss_is_found() -> None:
    assert power_of_means(6, 20, 5_000, 20_000) == pytest.approx(1)
    assert power_of_means(2_000, 20, 5_000, 20_000) == 1


@pytest.mark.parametrize(("rate", "effect"), [(0.04, 0.004), (0.1, 0.02), (0.3, -0.05)])
def test_contacts_for_rates_as_in_the_closed_formula(rate: float, effect: float) -> None:
    """Fleiss, Levin and Paik (2003), formula 4.14 without continuity correction."""
    other = rate + effect
    middle = (rate + other) / 2
    closed = (
        norm.isf(0.025) * sqrt(2 * middle * (1 - middle))
        + norm.isf(0.2) * sqrt(rate * (1 - rate) + other * (1 - other))
    ) ** 2 / effect**2
    found = plan(ask(rate=rate, effect=effect))
    assert found.contacts_per_arm == (ceil(closed), ceil(closed))
    assert found.contacts == 2 * ceil(closed)
    assert 0.8 <= found.power < 0.802
    if effect > 0:
        one_tail = samplesize_proportions_2indep_onetail(effect, rate, 0.8, alpha=0.05)
        assert found.contacts_per_arm[0] == pytest.approx(one_tail, abs=1)
    # Cohen's h is another approximation of the same
    arcsine = NormalIndPower().solve_power(
        abs(proportion_effectsize(other, rate)), power=0.8, alpha=0.05
    )
    assert found.contacts_per_arm[0] == pytest.approx(arcsine, rel=0.01)


@pytest.mark.parametrize("share", [0.5, 0.2])
def test_contacts_for_means_as_in_statsmodels(share: float) -> None:
    found = plan(ask(mean=12.0, deviation=40.0, effect=1.5, shares=(share, 1 - share)))
    ratio = (1 - share) / share
    exact = TTestIndPower().solve_power(1.5 / 40, power=0.8, alpha=0.05, ratio=ratio)
    assert found.contacts_per_arm == (ceil(exact), ceil(exact * ratio))
    assert found.relative_effect == pytest.approx(1.5 / 12)


def test_what_is_planned_is_found() -> None:
    found = plan(ask(rate=0.1, effect=0.03))
    rng = np.random.default_rng(9)
    n = found.contacts_per_arm[0]
    one, other = rng.binomial(n, 0.13, 20_000) / n, rng.binomial(n, 0.1, 20_000) / n
    pooled = (one + other) / 2
    z = (one - other) / np.sqrt(2 * pooled * (1 - pooled) / n)
    assert (np.abs(z) > 1.96).mean() == pytest.approx(0.8, abs=0.012)


def test_the_smallest_effect_is_the_one_that_needs_these_contacts() -> None:
    found = plan(ask(rate=0.05, contacts=20_000))
    back = plan(ask(rate=0.05, effect=found.effect))
    assert back.contacts == pytest.approx(20_000, abs=2)
    assert found.power == pytest.approx(0.8, abs=1e-6)


def test_both_given_tell_the_power() -> None:
    found = plan(ask(rate=0.05, effect=0.005, contacts=20_000))
    assert found.contacts_per_arm == (10_000, 10_000)
    assert found.power == pytest.approx(power_of_rates(0.05, 0.055, 10_000, 10_000))


def test_more_arms_share_alpha_and_contacts() -> None:
    two = plan(ask(rate=0.1, effect=0.02))
    three = plan(ask(rate=0.1, effect=0.02, shares=(1 / 3,) * 3))
    assert three.alpha_per_comparison == 0.025
    assert three.contacts_per_arm[0] > two.contacts_per_arm[0]
    assert three.power >= 0.8


def test_weeks_are_whole_and_peeking_costs() -> None:
    found = plan(ask(rate=0.1, effect=0.02, weekly=1_000))
    assert found.weeks == ceil(found.contacts / 1_000)
    assert found.contacts_if_peeking is not None
    assert 1.5 < found.contacts_if_peeking / found.contacts < 3


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({}, "give --rate"),
        ({"rate": 0.1, "mean": 3.0, "effect": 1}, "give --rate"),
        ({"rate": 0.1}, "give --effect or --lift"),
        ({"rate": 0.1, "effect": 0.0}, "effect of 0"),
        ({"rate": 0.1, "effect": 0.95}, "would be 1.05"),
        ({"rate": 0.0, "effect": 0.1}, "--rate 0"),
        ({"mean": 3.0, "effect": 1}, "needs --sd"),
        ({"rate": 0.1, "effect": 0.1, "power": 1.0}, "--power 1"),
        ({"rate": 0.1, "effect": 0.1, "power": 0.04}, "above --alpha"),
        ({"rate": 0.1, "effect": 0.1, "weekly": 0}, "--weekly 0"),
        ({"rate": 0.1, "contacts": 3}, "--contacts 3"),
        ({"rate": 0.9, "contacts": 8}, "find no effect"),
    ],
)
def test_what_cannot_be_meant_is_refused(given: dict[str, object], message: str) -> None:
    with pytest.raises(UserError, match=message):
        plan(ask(**given))


def test_allocations() -> None:
    assert read_allocation(None, 4) == (0.25,) * 4
    assert read_allocation("1:3", 2) == (0.25, 0.75)
    assert read_allocation("50, 25, 25", 3) == (0.5, 0.25, 0.25)
    for text, arms in (("50,50", 3), ("1,0", 2), ("a,b", 2), ("1,nan", 2), (None, 1)):
        with pytest.raises(UserError):
            read_allocation(text, arms)


def test_the_smallest_effect_of_arms_as_they_were() -> None:
    found = smallest_effect(did(700, 10_000), did(500, 10_000), is_rate=True)
    assert found is not None
    assert power_of_rates(0.05, 0.05 + found, 10_000, 10_000) == pytest.approx(0.8, abs=1e-6)
    values = np.random.default_rng(1).gamma(0.3, 90, 500)
    found = smallest_effect(of(values), of(values), is_rate=False)
    assert found == pytest.approx(
        TTestIndPower().solve_power(nobs1=500, power=0.8, alpha=0.05) * values.std(ddof=1), rel=1e-6
    )
    assert smallest_effect(did(1, 10), did(0, 10), is_rate=True) is None
