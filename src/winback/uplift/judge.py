"""Does a predicted uplift hold for people it was not learned from?

Everybody is predicted by models that did not see them (five folds). Their order within the fold
makes the curves, so that a fold whose models predict more than the others' is not above them.

Intervals are percentile bootstraps over contacts (`winback.statistics`): contacts of one rank, arm
and outcome are alike, so what is drawn are their numbers, which is the same and costs the same for
a million. They hold the predictions as they are: what another sample would have taught is not in
them, but what these predictions are worth is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from winback.experiments.comparisons import Comparison, compare_rates
from winback.experiments.moments import Moments
from winback.statistics import (
    REPLICATES,
    Interval,
    percentile_interval,
    simultaneous_intervals,
)
from winback.uplift.curves import (
    Steps,
    auuc,
    normalised_qini,
    qini,
    uplift_curve,
)
from winback.uplift.learners import LEARNERS, fit, predict

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

FOLDS = 5
# steps of the curves: each hundredth of the contacts
STEPS = 100
DECILES = 10


@dataclass(frozen=True)
class Decile:
    """A tenth of the contacts by predicted uplift, the highest first.

    `effect_interval` holds for the effects of all ten at once; `gain` is what treating this tenth
    and those before it brought, per contact of all.
    """

    decile: int
    treated: int
    control: int
    predicted: float
    treated_rate: float
    control_rate: float
    effect: float
    effect_interval: Interval
    gain: float
    gain_interval: Interval
    random_gain: float


@dataclass(frozen=True)
class Judgement:
    """What one learner is worth. `edges` are the least predictions of deciles 1 to 9."""

    learner: str
    qini: float
    qini_interval: Interval
    qini_share: float | None
    auuc: float
    auuc_interval: Interval
    deciles: tuple[Decile, ...]
    edges: tuple[float, ...]
    uplift: Floats

    @property
    def beats_chance(self) -> bool:
        """Whether its order is credibly better than any order."""
        return self.qini_interval.low > 0


def average_effect(treated: Flags, outcome: Floats) -> Comparison:
    """Return the difference of the two rates, as `experiment_results` has it."""
    return compare_rates(_moments(outcome[treated]), _moments(outcome[~treated]))


def _moments(outcome: Floats) -> Moments:
    return Moments(len(outcome), float(outcome.sum()), float(outcome.sum()))


def judge(features: Floats, treated: Flags, outcome: Floats, seed: int) -> list[Judgement]:
    """Predict everybody out of fold with each learner, and compare with what happened.

    Args:
        features: contacts by columns, in an order that has nothing to do with the outcome and is
            the same on every run.
        treated: whether each contact was treated.
        outcome: 1 for whoever did it, else 0.
        seed: of models and resamples.
    """
    fold = _folds(treated, outcome)
    uplift = {name: np.zeros(len(outcome)) for name in LEARNERS}
    place = {name: np.zeros(len(outcome), np.int64) for name in LEARNERS}
    for number in range(FOLDS):
        held = fold == number
        fitted = fit(features[~held], treated[~held], outcome[~held], seed)
        for name, predicted in predict(fitted, features[held]).uplift.items():
            uplift[name][held] = predicted
            place[name][held] = _places(predicted)
    return [judge_order(name, uplift[name], place[name], treated, outcome, seed) for name in uplift]


def _folds(treated: Flags, outcome: Floats) -> npt.NDArray[np.int64]:
    """Deal contacts to folds, those of one arm and outcome evenly."""
    fold = np.zeros(len(outcome), np.int64)
    dealt = 0
    for arm in (True, False):
        for done in (0.0, 1.0):
            who = np.flatnonzero((treated == arm) & (outcome == done))
            fold[who] = (np.arange(len(who)) + dealt) % FOLDS
            dealt += len(who)
    return fold


def _places(uplift: Floats) -> npt.NDArray[np.int64]:
    """Return the step of each contact by its prediction, 0 for the highest."""
    rank = np.empty(len(uplift))
    rank[np.argsort(-uplift, kind="stable")] = np.arange(len(uplift))
    return (rank * STEPS // max(len(uplift), 1)).astype(np.int64)


def judge_order(
    learner: str, uplift: Floats, place: Any, treated: Flags, outcome: Floats, seed: int
) -> Judgement:
    """Compare an order of contacts with what happened.

    Args:
        learner: its name.
        uplift: prediction of each contact, made without it.
        place: step of each contact, 0 (highest) to 99.
        treated: whether each contact was treated.
        outcome: 1 for whoever did it, else 0.
        seed: equal seeds draw the same resamples.
    """
    cell = (np.asarray(place) * 2 + treated) * 2 + (outcome > 0)
    cells = np.bincount(cell, minlength=STEPS * 4).astype(np.float64)
    contacts = len(outcome)
    rng = np.random.default_rng(seed)
    drawn = rng.multinomial(contacts, cells / contacts, size=REPLICATES).astype(np.float64)
    found, resampled = _steps(cells), _steps(drawn)
    return Judgement(
        learner,
        float(qini(found)),
        _interval(qini(resampled)),
        normalised_qini(-np.asarray(place), treated, outcome),
        float(auuc(found)),
        _interval(auuc(resampled)),
        _deciles(found, resampled, uplift, np.asarray(place)),
        tuple(float(edge) for edge in np.quantile(uplift, 1 - np.arange(1, DECILES) / DECILES)),
        uplift,
    )


def _steps(cells: Floats) -> Steps:
    """Return steps from numbers of contacts by step, arm and outcome, whatever comes before."""
    held = cells.reshape(*cells.shape[:-1], STEPS, 2, 2)
    return Steps(held[..., 1, :].sum(-1), held[..., 0, :].sum(-1), held[..., 1, 1], held[..., 0, 1])


def _interval(values: Floats) -> Interval:
    # there is one: an arm is never drawn empty where contacts are enough to be judged
    found = percentile_interval(values)
    return found or Interval(float("-inf"), float("inf"))


def _deciles(found: Steps, drawn: Steps, uplift: Floats, place: Any) -> tuple[Decile, ...]:
    tenths, resampled = _tenths(found), _tenths(drawn)
    effect = _effect(tenths)
    intervals = simultaneous_intervals(effect, _effect(resampled))
    gains, drawn_gains = _gains(found), _gains(drawn)
    number = place * DECILES // STEPS
    return tuple(
        Decile(
            one + 1,
            int(tenths.treated[one]),
            int(tenths.control[one]),
            float(uplift[number == one].mean()) if (number == one).any() else float("nan"),
            float(_rate(tenths.treated_sum, tenths.treated)[one]),
            float(_rate(tenths.control_sum, tenths.control)[one]),
            float(effect[one]),
            intervals[one],
            float(gains[one]),
            _interval(drawn_gains[:, one]),
            float(gains[-1]) * (one + 1) / DECILES,
        )
        for one in range(DECILES)
    )


def _tenths(steps: Steps) -> Steps:
    parts = (part.reshape(*part.shape[:-1], DECILES, -1).sum(-1) for part in steps)
    return Steps(*parts)


def _rate(done: Floats, contacts: Floats) -> Floats:
    return np.divide(done, contacts, out=np.zeros_like(done), where=contacts > 0)


def _effect(steps: Steps) -> Floats:
    return _rate(steps.treated_sum, steps.treated) - _rate(steps.control_sum, steps.control)


def _gains(steps: Steps) -> Floats:
    """Return what treating the first tenths brought, per contact of all."""
    curve = uplift_curve(steps)
    every = slice(STEPS // DECILES, None, STEPS // DECILES)
    found: Floats = curve.gain[..., every] / curve.contacts[..., -1:]
    return found


def choose(judgements: list[Judgement]) -> Judgement | None:
    """Return the learner to use: surely better than chance, and the surest of those.

    None where no learner is: then whom a treatment changes is not known.
    """
    good = [one for one in judgements if one.beats_chance]
    return max(good, key=lambda one: one.qini_interval.low) if good else None
