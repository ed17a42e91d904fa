"""Columns as arrays, and how many digits of a figure are kept."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

# contacts held in memory at once
BATCH = 50_000
# figures are kept to so many digits: the last ones depend on the processor
DIGITS = 9


def rounded(value: float | None) -> float | None:
    """Return the value to `DIGITS` significant digits, None for what is no number."""
    if value is None or not math.isfinite(value):
        return None
    return float(f"{value:.{DIGITS}g}")


def as_floats(rows: Any, columns: Sequence[str]) -> Floats:
    """Return columns of an Arrow table or batch as rows by columns, NaN for null."""
    held = [rows.column(name).to_numpy(zero_copy_only=False) for name in columns]
    return np.stack(held, axis=1).astype(np.float64)


def without_values(values: Floats, columns: Sequence[str]) -> list[str]:
    """Return the columns of which nothing is known of anybody.

    Args:
        values: rows by columns, NaN where nothing is known.
        columns: their names.
    """
    return [name for name, column in zip(columns, values.T, strict=True) if np.isnan(column).all()]
