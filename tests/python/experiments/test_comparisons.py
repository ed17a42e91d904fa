"""Tests and intervals beside those of scipy and statsmodels."""

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.oneway import anova_oneway
from statsmodels.stats.proportion import confint_proportions_2indep, proportions_ztest
from statsmodels.stats.weightstats import CompareMeans, DescrStatsW

from winback.experiments.comparisons import (
    chi_square,
    compare_adjusted,
    compare_means,
    compare_rates,
    holm,
    pooled_theta,
    sample_ratio,
    welch_anova,
)

from .arms import did, of


@pytest.mark.parametrize(
    ("one", "other"), [((30, 400), (21, 390)), ((0, 50), (9, 60)), ((812, 900), (700, 900))]
)
def test_two_rates_as_in_statsmodels(one: tuple[int, int], other: tuple[int, int]) -> None:
    found = compare_rates(did(*one), did(*other))
    z, p = proportions_ztest([one[0], other[0]], [one[1], other[1]])
    assert found.statistic == pytest.approx(z)
    assert found.p_value == pytest.approx(p)
    low, high = confint_proportions_2indep(*one, *other, method="wald", compare="diff")
    assert found.interval == pytest.approx((low, high))


def test_where_nothing_varies_nothing_is_tested() -> None:
    found = compare_rates(did(0, 10), did(0, 20))
    assert (found.difference, found.statistic, found.p_value) == (0, None, None)
    alike = compare_means(of(np.full(10, 0.1)), of(np.full(12, 0.1)))
    assert (alike.statistic, alike.p_value) == (None, None)


def test_two_means_as_in_scipy_and_statsmodels() -> None:
    rng = np.random.default_rng(1)
    one, other = rng.gamma(0.3, 90, 400), rng.gamma(0.3, 70, 150)
    found = compare_means(of(one), of(other))
    t, p = stats.ttest_ind(one, other, equal_var=False)
    assert found.statistic == pytest.approx(t)
    assert found.p_value == pytest.approx(p)
    both = CompareMeans(DescrStatsW(one), DescrStatsW(other))
    assert found.interval == pytest.approx(both.tconfint_diff(usevar="unequal"))


def test_many_rates_as_in_scipy() -> None:
    arms = [(30, 400), (21, 390), (55, 410)]
    found = chi_square([did(*arm) for arm in arms])
    table = [[yes, n - yes] for yes, n in arms]
    expected = stats.chi2_contingency(table, correction=False)
    assert found == pytest.approx((expected.statistic, expected.pvalue))
    assert chi_square([did(0, 5), did(0, 7), did(0, 8)]) is None


def test_many_means_as_in_statsmodels() -> None:
    rng = np.random.default_rng(2)
    arms = [rng.gamma(0.3, scale, size) for scale, size in ((90, 300), (70, 150), (95, 220))]
    found = welch_anova([of(arm) for arm in arms])
    expected = anova_oneway(arms, use_var="unequal", welch_correction=True)
    assert found == pytest.approx((expected.statistic, expected.pvalue))


def test_holm_as_in_statsmodels() -> None:
    p_values = [0.04, 0.011, 0.2, 0.0004, 0.03, 0.04]
    assert holm(p_values) == pytest.approx(multipletests(p_values, method="holm")[1])
    # what was not tested is no member of the family
    assert holm([0.02, None, 0.03]) == pytest.approx([0.04, None, 0.04], nan_ok=True)


def test_sample_ratio_as_in_scipy() -> None:
    assert sample_ratio([5300, 4700], [1, 1]) == pytest.approx(stats.chisquare([5300, 4700]).pvalue)
    expected = stats.chisquare([880, 120], [900, 100]).pvalue
    assert sample_ratio([880, 120], [9, 1]) == pytest.approx(expected)
    assert sample_ratio([10, 10], [1, 0]) == 0
    assert sample_ratio([10], [1]) is None


def test_52_of_100_is_found_and_half_is_not() -> None:
    rng = np.random.default_rng(3)
    odd = [sample_ratio([n, 20_000 - n], [1, 1]) for n in rng.binomial(20_000, 0.52, 400)]
    even = [sample_ratio([n, 20_000 - n], [1, 1]) for n in rng.binomial(20_000, 0.5, 4_000)]
    assert np.mean(np.array(odd) < 0.001) > 0.98
    assert np.mean(np.array(even) < 0.001) < 0.004
    assert np.mean(np.array(even) < 0.05) == pytest.approx(0.05, abs=0.012)


def test_what_contacts_did_before_narrows_and_does_not_shift() -> None:
    rng = np.random.default_rng(4)
    plain, adjusted, errors, gone, covered = [], [], [], [], 0
    for _ in range(400):
        habit = rng.gamma(2, 10, 2_000)
        before, after = habit + rng.normal(0, 8, 2_000), habit + rng.normal(0, 8, 2_000)
        treated = rng.random(2_000) < 0.5
        after = after + 3 * treated
        one, other = (of(after[who], before[who]) for who in (treated, ~treated))
        theta = pooled_theta([one, other])
        assert theta is not None
        found, reduction = compare_adjusted(one, other, theta)
        without = compare_means(one, other)
        plain.append(without.difference)
        adjusted.append(found.difference)
        errors.append(found.error)
        gone.append(reduction)
        covered += found.interval.low <= 3 <= found.interval.high
    assert np.mean(adjusted) == pytest.approx(3, abs=4 * np.std(adjusted) / 20)
    assert np.std(adjusted) < 0.8 * np.std(plain)
    assert np.mean(errors) == pytest.approx(np.std(adjusted), rel=0.12)
    # correlation of the two is 200 / 264
    assert np.mean(gone) == pytest.approx((200 / 264) ** 2, abs=0.02)
    assert 0.92 <= covered / 400 <= 0.98


def test_theta_is_the_slope_within_arms() -> None:
    rng = np.random.default_rng(5)
    before = rng.normal(0, 1, 500)
    arms = [2 * before[:250] + 100, 2 * before[250:] - 7]
    theta = pooled_theta([of(arms[0], before[:250]), of(arms[1], before[250:])])
    assert theta == pytest.approx(2)
    assert pooled_theta([of(arms[0], np.zeros(250))]) is None
