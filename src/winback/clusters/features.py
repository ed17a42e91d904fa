"""Columns of very different kinds brought to one scale, and back.

Each column is filled where nothing is known, has its long tail drawn in where it has one, and is
counted in robust units: from the median, in interquartile ranges divided by 1.349, which for a
normal distribution are standard deviations (P. Huber, "Robust Statistics", 1981). A value further
than ``CLIP`` units away counts as that far, so that one contact cannot be a cluster by itself.

The tail is drawn in by the signed logarithm, sign(x) log(1 + |x|), where the skewness is above
``SKEW_LIMIT`` and becomes smaller by it. It was preferred to Yeo-Johnson (Biometrika 87, 2000): it
has no parameter that moves from run to run, and it can be undone exactly.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from winback.clusters.settings import Feature

Floats = npt.NDArray[np.float64]
Labels = npt.NDArray[np.int64]

SKEW_LIMIT = 1.0
CLIP = 4.0
# the interquartile range of the standard normal distribution
NORMAL_RANGE = 1.349


@dataclass(frozen=True)
class Axis:
    """How one column becomes a coordinate.

    `filler` is in the column's unit; `centre` and `spread` are in it too, or in its logarithm where
    `is_log`.
    """

    name: str
    column: int
    filler: float
    is_log: bool
    centre: float
    spread: float


@dataclass(frozen=True)
class Space:
    """The coordinates in which contacts are compared, and the columns that tell nobody apart."""

    axes: tuple[Axis, ...]
    unused: tuple[str, ...]

    @property
    def names(self) -> list[str]:
        """Columns behind the coordinates, in their order."""
        return [axis.name for axis in self.axes]

    def scale(self, values: Any) -> Floats:
        """Return coordinates in robust units.

        Args:
            values: rows by configured columns, in the columns' units, NaN where nothing is known.
        """
        found = np.asarray(values, dtype=np.float64)
        scaled = np.empty((len(found), len(self.axes)))
        for place, axis in enumerate(self.axes):
            column = found[:, axis.column]
            filled = np.where(np.isnan(column), axis.filler, column)
            drawn = signed_log(filled) if axis.is_log else filled
            scaled[:, place] = np.clip((drawn - axis.centre) / axis.spread, -CLIP, CLIP)
        return scaled

    def unscale(self, points: Any) -> Floats:
        """Return what coordinates mean in the columns' units: rows by axes.

        The middle of logarithms is a middle of the kind of a geometric mean, not an average.
        """
        found = np.asarray(points, dtype=np.float64).reshape(-1, len(self.axes))
        columns = []
        for place, axis in enumerate(self.axes):
            drawn = found[:, place] * axis.spread + axis.centre
            columns.append(np.sign(drawn) * np.expm1(np.abs(drawn)) if axis.is_log else drawn)
        return np.stack(columns, axis=1) if columns else np.empty((len(found), 0))


def signed_log(values: Floats) -> Floats:
    """Return sign(x) log(1 + |x|): log-like far from 0, and 0 at 0."""
    drawn: Floats = np.sign(values) * np.log1p(np.abs(values))
    return drawn


def skewness(values: Floats) -> float:
    """Return the third standardised moment (g1); 0 where all values are equal."""
    deviations = values - values.mean()
    spread = float(np.sqrt((deviations**2).mean()))
    return 0.0 if spread == 0 else float((deviations**3).mean() / spread**3)


def fit_space(values: Any, features: Sequence[Feature]) -> Space:
    """Find the coordinates from a sample.

    Args:
        values: rows by features, in the columns' units, NaN where nothing is known.
        features: the columns, in the same order.

    Returns:
        The space. A column that is known of nobody, or equal for all, is in its `unused`.
    """
    found = np.asarray(values, dtype=np.float64)
    axes, unused = [], []
    for column, feature in enumerate(features):
        axis = _fit_axis(found[:, column], column, feature)
        if axis is None:
            unused.append(feature.name)
        else:
            axes.append(axis)
    return Space(tuple(axes), tuple(unused))


def _fit_axis(values: Floats, column: int, feature: Feature) -> Axis | None:
    known = values[~np.isnan(values)]
    if len(known) == 0:
        return None
    fillers = {"median": np.median(known), "zero": 0.0, "max": known.max()}
    filler = float(fillers[feature.missing])
    filled = np.where(np.isnan(values), filler, values)
    drawn = signed_log(filled)
    skew = abs(skewness(filled))
    is_log = skew > SKEW_LIMIT and abs(skewness(drawn)) < skew
    drawn = drawn if is_log else filled
    low, centre, high = np.quantile(drawn, [0.25, 0.5, 0.75])
    # where most values are equal (nobody bought) the quartiles meet
    spread = float(high - low) / NORMAL_RANGE or float(drawn.std())
    if spread == 0 or not np.isfinite(spread):
        return None
    return Axis(feature.name, column, filler, is_log, float(centre), spread)
