"""A stored model, out of the warehouse and checked, for use outside dbt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from winback.database import open_for_reading
from winback.errors import UserError
from winback.fitting.stored import read_model
from winback.propensity.fit import Floats, chances

_CARD = "propensity_models"
_STORE = "int_propensity_fits"


@dataclass(frozen=True)
class Model:
    """A trained model, and what it has to be given."""

    target: str
    algorithm: str
    horizon_days: int
    features: tuple[str, ...]
    estimator: Any

    def chances(self, values: Sequence[Sequence[float | None]] | Floats) -> Floats:
        """Return the chance of each contact, 0 to 1.

        Args:
            values: rows by `features`, as in `int_contact_features`; None or NaN for null.
        """
        found = np.asarray(values, dtype=np.float64).reshape(-1, len(self.features))
        return chances(self.estimator, found)


def load_model(database: Path, target: str, algorithm: str | None = None) -> Model:
    """Load a model from a built warehouse.

    Args:
        database: the DuckDB file; it is only read.
        target: what it predicts.
        algorithm: one that is not in use must be asked for by name; else the one in use.

    Raises:
        UserError: there is no such model, none is in use, or what is stored is not what the card
            says.
    """
    with open_for_reading(database, (_CARD, _STORE)) as connection:
        rows = connection.execute(
            "select card.algorithm, card.is_used, card.reason, card.horizon_days, card.features,"
            f" card.model_hash, store.model from {_CARD} as card"
            f" inner join {_STORE} as store"
            " on card.target = store.target and card.algorithm = store.algorithm"
            " where card.target = ? order by card.algorithm",
            [target],
        ).fetchall()
    named = f"model of {target}" if algorithm is None else f"{algorithm} model of {target}"
    if algorithm is not None:
        rows = [row for row in rows if row[0] == algorithm]
    found = [row for row in rows if row[1] or algorithm is not None]
    if not rows:
        raise UserError(f"there is no {named}: {_CARD} lists what there is")
    if not found:
        reasons = "; ".join(f"{row[0]}: {row[2]}" for row in rows)
        raise UserError(f"no {named} is in use ({reasons})")
    name, _, reason, days, features, sha256, stored = found[0]
    if stored is None:
        raise UserError(f"the {named} was not trained: {reason}")
    return Model(target, name, days, tuple(features.split(", ")), read_model(stored, sha256))
