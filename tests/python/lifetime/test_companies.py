"""Companies made up by the models: what was put in is found, and predictions come true."""

import numpy as np
import pytest

from winback.lifetimes import bg_bb, bg_nbd, gamma_gamma
from winback.lifetimes.gamma_gamma import Values

from .data import buyers, history, purchases, readers


@pytest.mark.parametrize("modified", [False, True])
def test_buyers(modified: bool) -> None:
    true = (0.9, 8.0, 0.8, 3.0)
    bought, alive, later = buyers(true, 6000, modified)
    found = bg_nbd.fit(bought, modified=modified)
    assert found.status == "fitted"
    np.testing.assert_allclose(found.values, true, rtol=0.2)

    chance = bg_nbd.probability_alive(found.values, bought, modified=modified)
    repeaters = bought.frequency > 0
    for low, high in ((0, 0.3), (0.3, 0.7), (0.7, 0.999)):
        band = repeaters & (chance >= low) & (chance < high)
        assert alive[band].mean() == pytest.approx(chance[band].mean(), abs=0.05)
    expected = bg_nbd.expected_orders(found.values, 13, bought, modified=modified)
    assert expected.sum() == pytest.approx(later.sum(), rel=0.05)
    assert np.corrcoef(expected, later)[0, 1] > 0.5


def test_readers() -> None:
    true = (0.8, 1.6, 0.6, 9.0)
    read, is_there, later = readers(true, 8000)
    found = bg_bb.fit(read)
    assert found.status == "fitted"
    np.testing.assert_allclose(found.values, true, rtol=0.2)

    chance = bg_bb.probability_alive(found.values, read)
    for low, high in ((0, 0.3), (0.3, 0.7), (0.7, 1.01)):
        band = (chance >= low) & (chance < high)
        assert is_there[band].mean() == pytest.approx(chance[band].mean(), abs=0.05)
    expected = bg_bb.expected_engagements(found.values, np.full(8000, 10.0), read)
    assert expected.sum() == pytest.approx(later.sum(), rel=0.05)


def test_values() -> None:
    rng = np.random.default_rng(25)
    frequency = rng.integers(1, 12, 60_000).astype(float)
    value = rng.gamma(6 * frequency) / frequency / rng.gamma(4.0, 1 / 9000, 60_000)
    found = gamma_gamma.fit(Values(frequency, value, np.ones(60_000)))
    assert found.status == "fitted"
    np.testing.assert_allclose(found.values, [6.0, 4.0, 9000.0], rtol=0.15)


# a fit reads counts of equal contacts
def test_counted_contacts_give_the_same_fit() -> None:
    read, _, _ = readers((0.8, 1.6, 0.6, 9.0), 2000, most=8)
    rows, counts = np.unique(np.column_stack(read[:3]), axis=0, return_counts=True)
    counted = bg_bb.fit(history(*rows.T, counts))
    np.testing.assert_allclose(counted.values, bg_bb.fit(read).values, rtol=1e-3)


@pytest.mark.parametrize("modified", [False, True])
def test_a_buyers_threshold_is_where_the_chance_is_one_half(modified: bool) -> None:
    parameters = np.array([0.5, 6.0, 0.9, 1.6])
    silent = purchases([1, 3, 10, 40], [10, 30, 50, 60], [10, 30, 50, 60])
    ages = bg_nbd.inactive_age(parameters, silent, modified=modified)
    later = silent._replace(age=ages)
    chances = bg_nbd.probability_alive(parameters, later, modified=modified)
    # one is gone rather than not as soon as it bought
    at_once = ages == silent.recency
    np.testing.assert_allclose(chances[~at_once], 0.5)
    assert (chances[at_once] < 0.5).all() and not at_once.all()
    assert (np.diff((ages - silent.recency)[1:]) < 0).all(), "frequent buyers are missed sooner"


def test_the_chance_of_bg_nbd_is_1_without_a_repeat_and_never_falls() -> None:
    parameters = np.array([0.5, 6.0, 0.9, 1.6])
    once = purchases(0, 0, 500)
    assert bg_nbd.probability_alive(parameters, once, modified=False)[0] == 1
    assert np.isinf(bg_nbd.inactive_age(parameters, once, modified=False)[0])
    assert bg_nbd.probability_alive(parameters, once, modified=True)[0] < 0.5
    # so it ranks them first; what is expected of them does not
    gone, recent = purchases(0, 0, 500), purchases(8, 40, 42)
    assert (
        bg_nbd.expected_orders(parameters, 13, gone, modified=False)[0]
        < (bg_nbd.expected_orders(parameters, 13, recent, modified=False)[0])
    )


def test_a_readers_threshold_is_the_first_message_under_one_half() -> None:
    parameters = np.array([1.2, 0.8, 0.6, 6.0])
    silent = history([5, 1, 20, 0], [5, 9, 40, 0], [5, 9, 40, 0])
    places = bg_bb.inactive_after(parameters, silent)
    assert (places >= silent.last_engaged).all()
    at = silent._replace(opportunities=places.astype(int))
    assert (bg_bb.probability_alive(parameters, at) < 0.5).all()
    later = places > silent.last_engaged
    before = silent._replace(opportunities=np.where(later, places - 1, places).astype(int))
    assert (bg_bb.probability_alive(parameters, before)[later] >= 0.5).all() and later.any()


def test_a_reader_who_is_never_missed_has_no_threshold() -> None:
    parameters = np.array([0.5, 5000.0, 0.1, 500.0])
    assert np.isnan(bg_bb.inactive_after(parameters, history(0, 0, 3))[0])


def test_long_histories_stay_finite() -> None:
    long = history([0, 500, 1500, 3], [0, 900, 1500, 1400], [1500] * 4)
    assert np.isfinite(bg_bb.log_likelihood(np.array([1.2, 0.8, 0.6, 3.0]), long))
    often = purchases([0, 400, 2000], [0, 100, 200], [500, 500, 500])
    parameters = np.array([0.2, 4.0, 0.8, 2.4])
    chances = bg_nbd.probability_alive(parameters, often, modified=True)
    assert ((chances >= 0) & (chances <= 1)).all()
    assert np.isfinite(bg_nbd.expected_orders(parameters, 52, often, modified=True)).all()
