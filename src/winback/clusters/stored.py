"""A fit as text in a table: what later models place contacts with, and the next run's memory."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import numpy as np

from winback.clusters.features import Axis, Space
from winback.clusters.fit import Fitted, Memory, Placing
from winback.fitting.numbers import rounded


def write_fit(run: Fitted, space: Space) -> str:
    """Return the JSON text of a fit."""
    placing = run.placing
    held = {
        "axes": [asdict(axis) for axis in space.axes],
        "unused": list(space.unused),
        "placing": None
        if placing is None
        else {
            "points": placing.points.tolist(),
            "numbers": placing.numbers.tolist(),
            # without a limit where it is infinite: JSON has no such number
            "limits": {
                str(number): limit
                for number, limit in placing.limits.items()
                if math.isfinite(limit)
            },
        },
        "memory": asdict(run.memory),
    }
    return json.dumps(_rounded(held), separators=(",", ":"))


def read_space(text: str) -> Space:
    """Return the coordinates of a stored fit."""
    held = json.loads(text)
    return Space(tuple(Axis(**axis) for axis in held["axes"]), tuple(held["unused"]))


def read_placing(text: str) -> Placing | None:
    """Return what a stored fit compares contacts with, None where it found no clusters."""
    held = json.loads(text)["placing"]
    if held is None:
        return None
    numbers = np.array(held["numbers"], dtype=np.int64)
    limits = {int(number): held["limits"].get(str(number), np.inf) for number in numbers}
    return Placing(np.array(held["points"], dtype=np.float64), numbers, limits)


def read_memory(text: str) -> Memory:
    """Return the numbered clusters of a stored fit."""
    held: Mapping[str, Any] = json.loads(text)["memory"]
    return Memory(
        names=tuple(held["names"]),
        numbers=tuple(held["numbers"]),
        centres=tuple(tuple(centre) for centre in held["centres"]),
        next_number=held["next_number"],
    )


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return rounded(value)
    if isinstance(value, Mapping):
        return {name: _rounded(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(item) for item in value]
    return value
