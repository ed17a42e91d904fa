"""Coordinates: tails drawn in, gaps filled as asked, and the way back."""

import numpy as np
import pytest

from winback.clusters.features import CLIP, fit_space, signed_log, skewness
from winback.clusters.settings import Feature


def column(values: list[float], missing: str = "median") -> tuple[np.ndarray, list[Feature]]:
    return np.array(values, dtype=float)[:, None], [Feature("money", missing)]


def test_skewness_is_that_of_scipy() -> None:
    from scipy.stats import skew

    values = np.random.default_rng(0).gamma(1.0, size=500)
    assert skewness(values) == pytest.approx(float(skew(values)))
    assert skewness(np.ones(5)) == 0


def test_signed_log_is_odd_and_keeps_zero() -> None:
    assert signed_log(np.array([-9.0, 0.0, 9.0])) == pytest.approx([-np.log(10), 0, np.log(10)])


def test_a_long_tail_is_drawn_in_and_a_straight_column_is_not() -> None:
    rng = np.random.default_rng(0)
    values = np.stack([rng.lognormal(3, 1, 500), rng.normal(50, 10, 500)], axis=1)
    space = fit_space(values, [Feature("money", "median"), Feature("age", "median")])
    assert [axis.is_log for axis in space.axes] == [True, False]
    scaled = space.scale(values)
    assert np.median(scaled, axis=0) == pytest.approx([0, 0], abs=1e-12)
    assert scaled.std(axis=0) == pytest.approx([1, 1], abs=0.15)


def test_what_is_unscaled_is_what_was_scaled() -> None:
    rng = np.random.default_rng(0)
    values = np.stack([rng.lognormal(3, 1, 200), rng.normal(0, 10, 200)], axis=1)
    space = fit_space(values, [Feature("money", "median"), Feature("balance", "median")])
    inside = np.abs(space.scale(values)).max(axis=1) < CLIP
    assert space.unscale(space.scale(values))[inside] == pytest.approx(values[inside])


def test_nobody_is_further_away_than_the_clip() -> None:
    values, features = column([*range(100), 1e12])
    assert np.abs(fit_space(values, features).scale(values)).max() == CLIP


@pytest.mark.parametrize(("missing", "filler"), [("median", 3.0), ("zero", 0.0), ("max", 5.0)])
def test_missing_values_are_filled_as_asked(missing: str, filler: float) -> None:
    values, features = column([1, 2, 3, 4, 5, np.nan], missing)
    (axis,) = fit_space(values, features).axes
    assert axis.filler == filler
    scaled = fit_space(values, features).scale([[np.nan], [filler]])
    assert scaled[0] == scaled[1]


def test_quartiles_that_meet_are_replaced_by_the_standard_deviation() -> None:
    values, features = column([0] * 90 + [1] * 10)
    (axis,) = fit_space(values, features).axes
    assert axis.spread > 0


@pytest.mark.parametrize("values", [[7, 7, 7], [np.nan, np.nan]])
def test_a_column_that_tells_nobody_apart_is_left_out(values: list[float]) -> None:
    found, features = column(values)
    space = fit_space(found, features)
    assert space.axes == ()
    assert space.unused == ("money",)
