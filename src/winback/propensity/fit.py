"""Models trained at one date, and judged at later ones beside plain recency.

Sources: D. Cox, "The regression analysis of binary sequences", JRSS B 20, 1958 (logistic
regression); L. Breiman, "Random forests", Machine Learning 45, 2001 (forest and permutation
importance), both in scikit-learn. Plain recency is the order by days of silence; for chances, what
the training date showed for so many days (isotonic regression: R. Barlow et al., "Statistical
inference under order restrictions", 1972).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from winback.propensity.metrics import (
    TENTHS,
    Gain,
    Judge,
    Judged,
    Prediction,
    figures,
    tenths,
)
from winback.propensity.settings import Settings

Floats = npt.NDArray[np.float64]

# people of each outcome among whom a column is shuffled
IMPORTANCE_PEOPLE = 200
IMPORTANCE_REPEATS = 2
# each tree of a forest sees that share of the sample
TREE_SHARE = 0.3
# how strongly the coefficients are held back, scikit-learn's default
INVERSE_PENALTY = 1.0
# who never did anything has been silent longest
NEVER_DAYS = 1_000_000


@dataclass(frozen=True)
class People:
    """Contacts at one or several dates, and what they did afterwards.

    `values` are rows by features, NaN for null; `silence` days, NaN for never; `contacts` has the
    same number where it is the same contact; `dates` are days since 1970.
    """

    values: Floats
    outcomes: Floats
    silence: Floats
    contacts: npt.NDArray[np.int64]
    dates: npt.NDArray[np.int64]

    @property
    def positives(self) -> int:
        """How many did it."""
        return int(self.outcomes.sum())

    @property
    def rarest(self) -> int:
        """How many there are of the outcome with fewer of them."""
        return min(self.positives, len(self.outcomes) - self.positives)


@dataclass(frozen=True)
class Tenth:
    """A tenth of the people judged, by score and by silence."""

    contacts: float
    chance: float
    came: float
    recency_chance: float
    recency_came: float


@dataclass(frozen=True)
class DateFigures:
    """Both orders judged at one date; the AUCs are None where all or none did it."""

    date: int
    contacts: int
    positives: int
    auc: float | None
    auc_recency: float | None


@dataclass(frozen=True)
class Fitted:
    """A model with its judgement; `status` says why parts of it are missing."""

    algorithm: str
    status: str
    reason: str
    is_used: bool = False
    estimator: Any = None
    judged: Judged | None = None
    recency: Judged | None = None
    gained: Mapping[str, Gain] = field(default_factory=dict)
    tenths: Sequence[Tenth] = ()
    importances: Sequence[float] = ()
    by_date: Sequence[DateFigures] = ()

    @property
    def is_better(self) -> bool:
        """Whether it may be used."""
        return self.status == "better"


def fit_target(target: str, training: People, later: People, settings: Settings) -> list[Fitted]:
    """Train and judge every algorithm for one target, and choose the one to use.

    Used is the first algorithm of the settings that ranks better than recency at later dates; one
    further back only when it surely ranks better than that one too, or ranks as well and its
    chances are surely truer (by the Brier score).

    Args:
        target: name of the target.
        training: contacts of the date of training.
        later: contacts of later dates, none of whose outcomes was known when training was.
        settings: what the project asks for.
    """
    missing = _missing(training, later, settings)
    if missing:
        return [Fitted(name, *missing) for name in settings.algorithms]
    judge = Judge(later.outcomes, later.contacts, settings.seed)
    recency = judge.judge(_plain_recency(target, training, later))
    runs = [
        _trained(name, training, later, judge, recency, settings) for name in settings.algorithms
    ]
    used: int | None = None
    for place, run in enumerate(runs):
        if run.is_better and (used is None or _is_better(run, runs[used], judge)):
            used = place
    if used is not None:
        for place, run in enumerate(runs):
            if place == used:
                runs[place] = replace(run, is_used=True)
            elif run.is_better:
                first = runs[used].algorithm
                why = (
                    f"{first} is surely better still"
                    if place < used
                    else f"{first} comes first and it is not surely better than that"
                )
                runs[place] = replace(run, reason=f"{run.reason}; not used, because {why}")
    return runs


def estimator(algorithm: str, settings: Settings) -> Any:
    """Return an algorithm not yet fitted, with all it does to its columns.

    Columns are counts and days, none below 0. For the logistic regression they become logarithms
    in standard deviations, nulls the median and a column of their own; for the forest nulls become
    -1, which a tree can tell from 0.
    """
    from sklearn.ensemble import RandomForestClassifier
    from sklearn.impute import SimpleImputer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import FunctionTransformer, StandardScaler

    if algorithm == "logistic":
        return make_pipeline(
            SimpleImputer(strategy="median", add_indicator=True, keep_empty_features=True),
            FunctionTransformer(np.log1p),
            StandardScaler(),
            LogisticRegression(C=INVERSE_PENALTY, solver="newton-cholesky"),
        )
    return make_pipeline(
        SimpleImputer(strategy="constant", fill_value=-1.0, keep_empty_features=True),
        RandomForestClassifier(
            n_estimators=settings.trees,
            min_samples_leaf=settings.min_leaf,
            max_samples=TREE_SHARE,
            random_state=settings.seed,
        ),
    )


def chances(fitted: Any, values: Floats) -> Floats:
    """Return the chance of each contact, 0 to 1.

    Args:
        fitted: a fitted estimator.
        values: rows by features, NaN for null.
    """
    found: Floats = fitted.predict_proba(values)[:, 1]
    return found


def silence_order(target: str, silence: Floats) -> Floats:
    """Return the order of plain recency: higher is likelier."""
    days = np.nan_to_num(silence, nan=NEVER_DAYS)
    return days if target == "churning" else -days


def _missing(training: People, later: People, settings: Settings) -> tuple[str, str] | None:
    """Why nothing can be learned or judged, as status and reason; None when it can."""
    for people, when in ((training, "at the date of training"), (later, "at later dates")):
        size = len(people.outcomes)
        if size < settings.min_contacts:
            reason = f"{size} contacts {when}, {settings.min_contacts} are needed (min_contacts)"
            return "too_few", reason
        if people.rarest == 0:
            all_or_none = "all" if people.positives else "none"
            return "one_outcome", f"{all_or_none} of {size} contacts {when} did it"
        if people.rarest < settings.min_outcomes:
            reason = (
                f"{people.positives} of {size} contacts {when} did it: {settings.min_outcomes} who"
                " did and as many who did not are needed (min_outcomes)"
            )
            return "too_few", reason
    return None


def _trained(
    algorithm: str,
    training: People,
    later: People,
    judge: Judge,
    recency: Judged,
    settings: Settings,
) -> Fitted:
    fitted = _learned(algorithm, training, settings)
    said = chances(fitted, later.values)
    ours = judge.judge(Prediction(said, said))
    gained = judge.gains(ours, recency)
    status, reason = _verdict(ours, recency, gained["auc"], settings)
    return Fitted(
        algorithm=algorithm,
        status=status,
        reason=reason,
        estimator=fitted,
        judged=ours,
        recency=recency,
        gained=gained,
        tenths=_tenths(later, ours.said, recency.said),
        importances=importances(fitted, later, settings.seed),
        by_date=_by_date(later, ours.said, recency.said),
    )


def _learned(algorithm: str, training: People, settings: Settings) -> Any:
    from threadpoolctl import threadpool_limits

    fitted = estimator(algorithm, settings)
    last = fitted[-1]
    if algorithm == "forest":
        last.set_params(n_jobs=-1)
    # matrices are small: threads would wait for one another, and sums depend on how many there are
    with threadpool_limits(1, user_api="blas"):
        fitted.fit(training.values, training.outcomes > 0)
    if algorithm == "forest":
        # one thread from here on: several add up chances in the order in which they end
        last.set_params(n_jobs=1)
    else:
        # the last digits depend on the processor
        last.coef_ = np.array([[float(f"{each:.9g}") for each in last.coef_[0]]])
        last.intercept_ = np.array([float(f"{last.intercept_[0]:.9g}")])
    return fitted


def _plain_recency(target: str, training: People, later: People) -> Prediction:
    from sklearn.isotonic import IsotonicRegression

    known = IsotonicRegression(y_min=0, y_max=1, out_of_bounds="clip").fit(
        silence_order(target, training.silence), training.outcomes
    )
    order = silence_order(target, later.silence)
    return Prediction(order, known.predict(order))


def _verdict(ours: Judged, recency: Judged, gained: Gain, settings: Settings) -> tuple[str, str]:
    """Status and reason."""
    auc, interval = ours.figures.auc, ours.auc_interval
    beside = f"AUC {auc:.3f} against {recency.figures.auc:.3f}"
    if auc >= settings.max_auc:
        return "leak", (
            f"{beside} by recency is too good to be true (max_auc {settings.max_auc:g}): some"
            " column knows what came afterwards; see propensity_importance"
        )
    if gained.interval is None or interval is None:
        return "not_better", f"{beside} by recency, from too few contacts to tell"
    if interval.low <= 0.5:
        return "not_better", f"does not rank better than chance at later dates: {beside} by recency"
    between = f"difference {gained.interval.low:+.3f} to {gained.interval.high:+.3f}"
    if not gained.is_proven:
        return "not_better", (
            f"does not rank better than recency at later dates: {beside}, {between}"
        )
    return "better", f"ranks better than recency at later dates: {beside}, {between}"


def _is_better(run: Fitted, other: Fitted, judge: Judge) -> bool:
    """Whether it surely ranks better, or surely says truer chances and does not rank worse."""
    assert run.judged is not None and other.judged is not None  # both are better than recency
    gained = judge.gains(run.judged, other.judged)
    is_worse = gained["auc"].interval is not None and gained["auc"].interval.high < 0
    return gained["auc"].is_proven or (gained["brier"].is_proven and not is_worse)


def _tenths(later: People, ours: Prediction, theirs: Prediction) -> list[Tenth]:
    held, hoped, done = tenths(
        ours.scores, np.ones(len(later.outcomes)), ours.chances, later.outcomes
    )
    plain_hoped, plain_done = tenths(theirs.scores, theirs.chances, later.outcomes)
    return [
        Tenth(
            contacts=float(held[place]),
            chance=float(hoped[place] / held[place]),
            came=float(done[place]),
            recency_chance=float(plain_hoped[place] / held[place]),
            recency_came=float(plain_done[place]),
        )
        for place in range(TENTHS)
    ]


def importances(fitted: Any, later: People, seed: int) -> list[float]:
    """Return how much the AUC falls when a column is shuffled, for each column.

    All shuffled copies are predicted in one call: a forest asked column by column takes most of
    the time to be asked.

    Args:
        fitted: a fitted estimator.
        later: contacts it was not trained on; as many of either outcome are drawn.
        seed: equal seeds shuffle equally.
    """
    drawn = np.sort(
        np.concatenate(
            [np.flatnonzero(later.outcomes == each)[:IMPORTANCE_PEOPLE] for each in (0, 1)]
        )
    )
    values, came = later.values[drawn], later.outcomes[drawn]
    rng = np.random.default_rng(seed)
    copies = [values]
    for column in range(values.shape[1]):
        for _ in range(IMPORTANCE_REPEATS):
            copy = values.copy()
            copy[:, column] = rng.permutation(copy[:, column])
            copies.append(copy)
    said = chances(fitted, np.concatenate(copies)).reshape(len(copies), -1)
    aucs = np.array([figures(came, Prediction(each, each)).auc for each in said])
    fallen = aucs[0] - aucs[1:].reshape(-1, IMPORTANCE_REPEATS).mean(axis=1)
    return [float(each) for each in fallen]


def _by_date(later: People, ours: Prediction, theirs: Prediction) -> list[DateFigures]:
    held = []
    for date in np.unique(later.dates):
        at_date = later.dates == date
        came = later.outcomes[at_date]
        is_both = 0 < came.sum() < len(came)
        found = [
            figures(came, Prediction(said.scores[at_date], said.chances[at_date])).auc
            if is_both
            else None
            for said in (ours, theirs)
        ]
        held.append(DateFigures(int(date), len(came), int(came.sum()), found[0], found[1]))
    return held
