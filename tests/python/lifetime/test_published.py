"""Published figures: parameters, likelihoods and conditional expectations."""

import numpy as np
import pytest
from scipy.special import hyp2f1

from winback.lifetimes import bg_bb, bg_nbd, gamma_gamma
from winback.lifetimes.fit import Fit
from winback.lifetimes.quadrature import beta_nodes

from .data import cdnow, cdnow_values, donations, history, purchases

BG_NBD = np.array([0.243, 4.414, 0.793, 2.426])
MBG_NBD = np.array([0.525, 6.183, 0.891, 1.614])
GAMMA_GAMMA = np.array([6.25, 3.74, 15.44])
BG_BB = np.array([1.204, 0.750, 0.657, 2.783])


@pytest.fixture(scope="module")
def bg_nbd_fit() -> Fit:
    return bg_nbd.fit(cdnow(), modified=False)


@pytest.fixture(scope="module")
def gamma_gamma_fit() -> Fit:
    return gamma_gamma.fit(cdnow_values())


# Fader, Hardie and Lee 2005, table 2
def test_bg_nbd_on_cdnow(bg_nbd_fit: Fit) -> None:
    assert bg_nbd_fit.status == "fitted" and bg_nbd_fit.contacts == 2357
    np.testing.assert_allclose(bg_nbd_fit.values, BG_NBD, atol=0.0006)
    assert round(bg_nbd_fit.log_likelihood or 0, 1) == -9582.4


# Batislam et al. 2007; the vignette of the R package BTYDplus
def test_mbg_nbd_on_cdnow() -> None:
    found = bg_nbd.fit(cdnow(), modified=True)
    np.testing.assert_allclose(found.values, MBG_NBD, atol=0.0006)


# Fader and Hardie, note 025
def test_gamma_gamma_on_cdnow(gamma_gamma_fit: Fit) -> None:
    assert gamma_gamma_fit.contacts == 946
    np.testing.assert_allclose(gamma_gamma_fit.values, GAMMA_GAMMA, atol=0.01)


# Fader, Hardie and Shang 2010, table 3
def test_bg_bb_on_donations() -> None:
    found = bg_bb.fit(donations())
    assert found.contacts == 11104
    np.testing.assert_allclose(found.values, BG_BB, atol=0.0011)
    assert round(found.log_likelihood or 0, 1) == -33225.6


# the spreadsheet of Fader and Hardie, note 004: a customer with 2 repeats, the next 39 weeks
def test_expected_orders_of_a_customer(bg_nbd_fit: Fit) -> None:
    customer = purchases(2, 30.43, 38.86)
    found = bg_nbd.expected_orders(bg_nbd_fit.values, 39, customer, modified=False)
    assert found[0] == pytest.approx(1.226, abs=0.001)


# the same spreadsheet: what is expected of a new customer
@pytest.mark.parametrize(
    ("weeks", "orders"),
    [(0.1429, 0.0078), (1, 0.0532), (3, 0.1506), (31.8571, 1.0405), (32, 1.0437), (78, 1.8576)],
)
def test_expected_orders_of_a_new_customer(bg_nbd_fit: Fit, weeks: float, orders: float) -> None:
    found = bg_nbd.expected_orders(bg_nbd_fit.values, weeks, purchases(0, 0, 0), modified=False)
    assert found[0] == pytest.approx(orders, abs=0.0005)


# the published form, where the hypergeometric function can be trusted
@pytest.mark.parametrize("modified", [False, True])
def test_expected_orders_agree_with_the_hypergeometric_form(modified: bool) -> None:
    r, alpha, a, b = MBG_NBD
    contacts, weeks = purchases([0, 1, 7, 25], [0, 2, 30, 38], [5, 40, 39, 39]), 13.0
    x, age = contacts.frequency, contacts.age
    more = 1 if modified else 0
    share = weeks / (alpha + age + weeks)
    series = hyp2f1(r + x, b + x + more, a + b + x + more - 1, share)
    while_alive = 1 - ((alpha + age) / (alpha + age + weeks)) ** (r + x) * series
    expected = while_alive * (a + b + x + more - 1) / (a - 1)
    expected *= bg_nbd.probability_alive(MBG_NBD, contacts, modified=modified)
    found = bg_nbd.expected_orders(MBG_NBD, weeks, contacts, modified=modified)
    np.testing.assert_allclose(found, expected, rtol=1e-9)


# the published forms divide by a - 1 and gamma - 1
def test_expectations_exist_where_the_published_forms_do_not() -> None:
    regular = purchases(200, 38, 39)
    at_one = bg_nbd.expected_orders(np.array([0.2, 4.0, 1.0, 2.0]), 52, regular, modified=True)
    beside = bg_nbd.expected_orders(np.array([0.2, 4.0, 1.001, 2.0]), 52, regular, modified=True)
    assert at_one[0] == pytest.approx(beside[0], rel=0.01)
    reader = history(300, 400, 400)
    ahead = np.array([50.0])
    at_one = bg_bb.expected_engagements(np.array([1.0, 1.0, 1.0, 3.0]), ahead, reader)
    beside = bg_bb.expected_engagements(np.array([1.0, 1.0, 1.001, 3.0]), ahead, reader)
    assert at_one[0] == pytest.approx(beside[0], rel=0.01)


# the spreadsheet of note 025, the first ten customers
def test_expected_values_of_customers(gamma_gamma_fit: Fit) -> None:
    values, parameters = cdnow_values(), gamma_gamma_fit.values
    found = gamma_gamma.expected_value(parameters, values.frequency[:10], values.value[:10])
    expected = [24.65, 18.91, 35.17, 35.17, 35.17, 71.46, 18.91, 35.17, 27.28, 35.17]
    np.testing.assert_allclose(found, expected, atol=0.02)


# Fader, Hardie and Shang 2010, table 6: alive in 2002
@pytest.mark.parametrize(("engaged", "last", "alive"), [(0, 0, 0.11), (2, 4, 0.59), (6, 6, 0.93)])
def test_supporters_alive(engaged: int, last: int, alive: float) -> None:
    found = bg_bb.probability_alive(BG_BB, history(engaged, last, 6))
    assert found[0] == pytest.approx(alive, abs=0.005)


# the spreadsheet of note 010, sheet "Conditional Expectations (II)": five years to come
def test_gifts_expected_of_all_supporters() -> None:
    supporters = donations()
    ahead = np.full(len(supporters.engaged), 5.0)
    found = bg_bb.expected_engagements(BG_BB, ahead, supporters) @ supporters.contacts
    assert found == pytest.approx(12884.2, rel=0.001)


# B(a, b) has mean a / (a + b) and E[p^2] = mean * (a + 1) / (a + b + 1)
@pytest.mark.parametrize(("a", "b"), [(0.5, 0.5), (1, 1), (0.05, 3), (0.8, 2500), (400, 2)])
def test_the_points_of_a_beta_distribution(a: float, b: float) -> None:
    nodes, weights = beta_nodes(a, b)
    mean = a / (a + b)
    assert weights.sum() == pytest.approx(1)
    assert weights @ nodes == pytest.approx(mean, rel=1e-9)
    assert weights @ nodes**2 == pytest.approx(mean * (a + 1) / (a + b + 1), rel=1e-9)
