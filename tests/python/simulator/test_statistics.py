"""Intervals against published figures and against what theory says."""

import numpy as np
import pytest

from winback.statistics import (
    Interval,
    percentile_interval,
    resample,
    simultaneous_intervals,
    wilson_interval,
)


# R. Newcombe, "Two-sided confidence intervals for the single proportion: comparison of seven
# methods", Statistics in Medicine 17, 1998, table I, method 3
@pytest.mark.parametrize(
    ("successes", "trials", "low", "high"),
    [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson_gives_newcombes_figures(
    successes: int, trials: int, low: float, high: float
) -> None:
    found = wilson_interval(successes, trials)
    assert (round(found.low, 4), round(found.high, 4)) == (low, high)


def test_wilson_is_symmetric_and_stays_inside() -> None:
    some, others = wilson_interval(3, 40), wilson_interval(37, 40)
    assert some == pytest.approx((1 - others.high, 1 - others.low))
    assert wilson_interval(40, 40).high == 1.0
    assert wilson_interval(0, 1).low == 0.0


def test_wilson_widens_with_confidence() -> None:
    usual, surer = wilson_interval(10, 50), wilson_interval(10, 50, confidence=0.99)
    assert surer.low < usual.low < 0.2 < usual.high < surer.high


@pytest.mark.parametrize(("successes", "trials"), [(0, 0), (3, 2), (-1, 2)])
def test_no_share_is_refused(successes: int, trials: int) -> None:
    with pytest.raises(ValueError, match="no share"):
        wilson_interval(successes, trials)


def test_the_bootstrap_finds_the_standard_error_of_a_mean() -> None:
    values = np.random.default_rng(1).exponential(10, 1_000)
    drawn = resample(values[:, None]) / len(values)
    assert drawn.std() == pytest.approx(values.std() / np.sqrt(1_000), rel=0.05)
    low, high = percentile_interval(drawn[:, 0]) or (0, 0)
    assert high - low == pytest.approx(2 * 1.96 * values.std() / np.sqrt(1_000), rel=0.07)


def test_groups_of_contacts_give_the_interval_of_single_contacts() -> None:
    rng = np.random.default_rng(2)
    values = rng.exponential(10, 40_000) * (rng.random(40_000) < 0.1)
    groups = rng.integers(0, 1_000, 40_000)
    sums = np.stack([np.bincount(groups, values), np.bincount(groups)], axis=1)
    drawn = resample(sums)
    means = drawn[:, 0] / drawn[:, 1]
    assert means.std() == pytest.approx(values.std() / np.sqrt(40_000), rel=0.1)


def test_equal_seeds_draw_the_same_and_constants_do_not_vary() -> None:
    sums = np.array([[1.0, 5.0], [2.0, 5.0], [4.0, 5.0]])
    assert (resample(sums, 50) == resample(sums, 50)).all()
    assert (resample(sums, 50, seed=1) != resample(sums, 50, seed=2)).any()
    assert set(resample(sums, 50)[:, 1]) == {15.0}


def test_percentiles_are_those_of_the_replicates() -> None:
    assert percentile_interval(np.arange(1_001)) == pytest.approx((25, 975))
    # a few draws without anybody are passed over, many make the figure worthless
    assert percentile_interval([*range(1_001), np.nan]) == pytest.approx((25, 975))
    assert percentile_interval([1.0, 2.0, np.nan]) is None
    assert percentile_interval([]) is None


def test_intervals_that_hold_together_follow_sidak() -> None:
    rng = np.random.default_rng(3)
    drawn = rng.normal(0, 2, (20_000, 10))
    one = simultaneous_intervals([0.0], drawn[:, :1])[0]
    assert one.high == pytest.approx(1.96 * 2, rel=0.03)
    # ten independent ones: Φ⁻¹((1 + 0.95^(1/10)) / 2) = 2.80
    assert simultaneous_intervals(np.zeros(10), drawn)[4].high == pytest.approx(2.80 * 2, rel=0.03)


def test_a_figure_that_never_varies_is_its_own_interval() -> None:
    drawn = np.array([[0.0, 1.0], [0.0, 3.0]])
    assert simultaneous_intervals([0.0, 2.0], drawn)[0] == Interval(0.0, 0.0)
    assert simultaneous_intervals([7.0], np.full((4, 1), 7.0)) == [Interval(7.0, 7.0)]
