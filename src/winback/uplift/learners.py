"""Two ways to predict what a treatment changes in a contact, out of an experiment.

- **T-learner**: one model of the outcome per arm; their difference is the uplift.
- **X-learner** (S. Künzel, J. Sekhon, P. Bickel, B. Yu, "Metalearners for estimating heterogeneous
  treatment effects using machine learning", PNAS 116, 2019): imputes to each contact what the other
  arm's model says of it, models the differences, and weighs the two models of differences by the
  share of the treated. Made for arms of unequal size, as a small control group is, and for effects
  that are simpler than the outcome itself.

Below both are boosted trees of four leaves (scikit-learn's histogram gradient boosting): they take
missing values as they are and need no scaling, and so few leaves leave noise alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

LEARNERS = ("t_learner", "x_learner")
TREES = 40
RATE = 0.08
LEAVES = 4
# contacts of a leaf, at least, and as a share of those learned from
LEAF, LEAF_SHARE = 20, 0.03


@dataclass(frozen=True)
class Fit:
    """Fitted models: the outcome by arm, the differences by arm, and the share of the treated."""

    treated: Any
    control: Any
    treated_difference: Any
    control_difference: Any
    share: float


@dataclass(frozen=True)
class Prediction:
    """Chance of the outcome without treatment, and what treatment changes, by learner."""

    untreated: Floats
    uplift: dict[str, Floats]


def fit(features: Floats, treated: npt.NDArray[np.bool_], outcome: Floats, seed: int) -> Fit:
    """Learn from an experiment.

    Args:
        features: contacts by columns, NaN where nothing is known.
        treated: whether each contact was treated; both arms hold somebody who did it and somebody
            who did not.
        outcome: 1 for whoever did it, else 0.
        seed: of the little chance there is in binning many contacts.
    """
    from threadpoolctl import threadpool_limits

    on_features, off_features = _binnable(features[treated]), _binnable(features[~treated])
    # threads that wait for one another cost more than they bring on trees this small
    with threadpool_limits(limits=1):
        on = _classifier(int(treated.sum()), seed).fit(on_features, outcome[treated])
        off = _classifier(int((~treated).sum()), seed).fit(off_features, outcome[~treated])
        gained = outcome[treated] - _chance(off, features[treated])
        missed = _chance(on, features[~treated]) - outcome[~treated]
        return Fit(
            on,
            off,
            _regressor(len(gained), seed).fit(on_features, gained),
            _regressor(len(missed), seed).fit(off_features, missed),
            float(treated.mean()),
        )


def predict(fitted: Fit, features: Floats) -> Prediction:
    """Predict contacts.

    Args:
        fitted: what was learned.
        features: contacts by the same columns.
    """
    from threadpoolctl import threadpool_limits

    with threadpool_limits(limits=1):
        untreated = _chance(fitted.control, features)
        by_treated = fitted.treated_difference.predict(features)
        by_control = fitted.control_difference.predict(features)
        return Prediction(
            untreated,
            {
                "t_learner": _chance(fitted.treated, features) - untreated,
                "x_learner": fitted.share * by_control + (1 - fitted.share) * by_treated,
            },
        )


def _binnable(features: Floats) -> Floats:
    """The same with 0 in columns of which nothing is known: scikit-learn cannot bin these, and
    trees part nobody by what is equal for all."""
    return np.where(np.isnan(features).all(axis=0), 0.0, features)


def _chance(model: Any, features: Floats) -> Floats:
    found: Floats = model.predict_proba(features)[:, 1]
    return found


def _options(contacts: int, seed: int) -> dict[str, Any]:
    return {
        "max_iter": TREES,
        "learning_rate": RATE,
        "max_leaf_nodes": LEAVES,
        "min_samples_leaf": max(LEAF, int(contacts * LEAF_SHARE)),
        "early_stopping": False,
        "random_state": seed,
    }


def _classifier(contacts: int, seed: int) -> Any:
    from sklearn.ensemble import HistGradientBoostingClassifier

    return HistGradientBoostingClassifier(**_options(contacts, seed))


def _regressor(contacts: int, seed: int) -> Any:
    from sklearn.ensemble import HistGradientBoostingRegressor

    return HistGradientBoostingRegressor(**_options(contacts, seed))
