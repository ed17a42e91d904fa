"""The four kinds of people of uplift modelling, by what the experiment bears out.

A prediction is one contact's, and no experiment shows one contact's effect. What it shows is the
effect in the tenths of those predicted alike, by models that had not seen them. So

- **do_not_disturb**: the lowest tenths, from the tenth one up, for as long as the whole interval
  of the effect lies below 0 (intervals of all ten tenths at once, so that the worst of ten is no
  bad luck) and the model itself predicts less than 0;
- **persuadable**: the highest tenths, from the first one down, for as long as it lies above 0;
- between them, where no effect is shown: **sure_thing** when the chance without treatment is
  at least the rate of the untreated in the experiment, **lost_cause** when it is below.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from winback.uplift.judge import DECILES, Decile

PERSUADABLE, SURE_THING = "persuadable", "sure_thing"
LOST_CAUSE, DO_NOT_DISTURB = "lost_cause", "do_not_disturb"


def moved_deciles(deciles: Sequence[Decile]) -> int:
    """Return how many tenths from the first one on are moved for sure, one after the other."""
    found = 0
    for one in deciles:
        if one.effect_interval.low <= 0 or one.predicted <= 0:
            break
        found += 1
    return found


def disturbed_deciles(deciles: Sequence[Decile]) -> int:
    """Return how many tenths from the last one back are put off for sure, one after the other."""
    found = 0
    for one in reversed(deciles):
        if one.effect_interval.high >= 0 or one.predicted >= 0:
            break
        found += 1
    return found


def decile_of(uplift: Any, edges: Sequence[float]) -> npt.NDArray[np.int64]:
    """Return the tenth of each prediction, 1 for the highest.

    Args:
        uplift: predictions.
        edges: the least predictions of tenths 1 to 9, falling.
    """
    rising = np.asarray(edges, dtype=np.float64)[::-1]
    above = np.searchsorted(rising, np.asarray(uplift, dtype=np.float64), side="right")
    return (DECILES - above).astype(np.int64)


def group_of(
    uplift: Any, untreated: Any, decile: Any, moved: int, disturbed: int, control_rate: float
) -> npt.NDArray[np.str_]:
    """Return the kind of each contact.

    Args:
        uplift: predictions.
        untreated: chance of the outcome without treatment.
        decile: its tenth, 1 to 10.
        moved: tenths that are moved for sure (`moved_deciles`).
        disturbed: tenths that are put off for sure (`disturbed_deciles`).
        control_rate: rate of the untreated in the experiment.
    """
    tenth = np.asarray(decile)
    found: npt.NDArray[np.str_] = np.select(
        [
            (tenth > DECILES - disturbed) & (np.asarray(uplift) < 0),
            (tenth <= moved) & (np.asarray(uplift) > 0),
            np.asarray(untreated) >= control_rate,
        ],
        [DO_NOT_DISTURB, PERSUADABLE, SURE_THING],
        LOST_CAUSE,
    )
    return found
