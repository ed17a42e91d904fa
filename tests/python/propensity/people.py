"""Contacts made up so that what can be known of them is known."""

from typing import Any

import numpy as np

from winback.propensity.fit import Floats, People
from winback.propensity.settings import Settings

FEATURES = ("days_since_last_engagement", "orders_365d", "human_clicks_90d", "sessions_90d")
SMALL = Settings(
    targets={"returning": 90},
    algorithms=("logistic", "forest"),
    features=FEATURES,
    max_auc=0.99,
    test_dates=2,
    sample=10_000,
    test_sample=10_000,
    trees=20,
    min_leaf=20,
    min_contacts=200,
    min_outcomes=30,
    seed=1,
)


def people(
    seed: int,
    contacts: int = 1500,
    *,
    taste: float = 1.5,
    silence: float = -0.01,
    dates: int = 1,
    answer: float = 0.0,
) -> People:
    """Contacts whose chance hangs on how much they like to buy and on how long they were silent.

    `taste` and `silence` say how much; `answer` is the share of rows whose last column is the
    outcome itself. The first column is the silence, the second follows taste, the third is noise.
    """
    rng = np.random.default_rng(seed)
    liking = np.tile(rng.normal(size=contacts), dates)
    rows = contacts * dates
    days = np.floor(rng.exponential(90, rows))
    days[rng.random(rows) < 0.1] = np.nan
    chance = 1 / (1 + np.exp(0.5 - taste * liking - silence * np.nan_to_num(days, nan=600)))
    came = (rng.random(rows) < chance).astype(np.float64)
    told = np.where(rng.random(rows) < answer, came, rng.integers(0, 2, rows))
    return People(
        values=np.column_stack(
            [days, rng.poisson(np.exp(1 + liking / 2)), rng.poisson(2.0, rows), told]
        ).astype(np.float64),
        outcomes=came,
        silence=days,
        contacts=np.tile(np.arange(contacts), dates),
        dates=np.repeat(20_000 + 31 * np.arange(dates), contacts),
    )


def with_outcomes(given: People, outcomes: Any) -> People:
    """The same contacts, who did something else."""
    came: Floats = np.asarray(outcomes, dtype=np.float64)
    return People(given.values, came, given.silence, given.contacts, given.dates)
