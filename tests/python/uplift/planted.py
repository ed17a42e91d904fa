"""An experiment whose effect on each contact is known."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

NAMES = ("orders_365d", "days_since_last_order", "human_opens_365d")


class Planted(NamedTuple):
    """Columns as in `NAMES`, the draw, what happened, and the true uplift of each contact."""

    features: npt.NDArray[np.float64]
    treated: npt.NDArray[np.bool_]
    outcome: npt.NDArray[np.float64]
    uplift: npt.NDArray[np.float64]


def experiment(
    contacts: int, seed: int, strength: float = 1.0, constant: float = 0.0, share: float = 0.5
) -> Planted:
    """Draw an experiment: often-buyers are put off, quiet readers who buy seldom are moved.

    Args:
        contacts: in both arms together.
        seed: equal seeds draw the same.
        strength: of the effects that differ from contact to contact.
        constant: an effect on everybody.
        share: of the treated.
    """
    rng = np.random.default_rng(seed)
    orders = rng.poisson(1.2, contacts).astype(np.float64)
    silence = np.where(orders > 0, rng.exponential(90, contacts), np.nan)
    opens = rng.poisson(5, contacts).astype(np.float64)
    # nobody knows of the opens of some
    opens[rng.random(contacts) < 0.1] = np.nan
    base = np.minimum(0.05 + 0.1 * orders, 0.6)
    often, seldom = orders >= 3, (orders == 1) & (silence > 30)
    uplift = constant + strength * np.select([often, seldom], [-0.25, 0.25], 0.0)
    treated = rng.random(contacts) < share
    outcome = rng.random(contacts) < np.clip(base + uplift * treated, 0, 1)
    features = np.stack([orders, silence, opens], axis=1)
    return Planted(features, treated, outcome.astype(np.float64), uplift)
