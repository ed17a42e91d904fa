"""How well a prediction ranks and how true its chances are, beside another one on the same people.

- **AUC** and **lift**: ``winback.lifetimes.ranking``, ties counted half or as many as fit.
- **PR-AUC**: average precision, the precision at each score weighted by the recall it adds (as
  scikit-learn's; J. Davis and M. Goadrich, "The relationship between precision-recall and ROC
  curves", ICML 2006). Where few do it, it is the harder figure.
- **Brier score**: mean squared distance of the chance from what came (G. Brier, "Verification of
  forecasts expressed in terms of probability", Monthly Weather Review 78, 1950).
- **Calibration error**: mean distance between the chance said and the share that came, over tenths
  of the people by score.

Differences between two predictions come with a percentile bootstrap over *people*
(``winback.statistics``): whoever is judged at two dates is drawn twice or not at all, and both
predictions are judged on the same draws. Scores are laid in bins for the draws; the figures
themselves are exact.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from winback.lifetimes.ranking import area, top_part
from winback.statistics import Interval, percentile_interval, resample

Floats = npt.NDArray[np.float64]

TENTHS = 10
# people are drawn in groups of some, scores are compared in bins: enough to see no difference
GROUPS = 500
BINS = 100
REPLICATES = 500


class Prediction(NamedTuple):
    """What was said of each person: `scores` put them in order, `chances` are from 0 to 1."""

    scores: Floats
    chances: Floats


class Figures(NamedTuple):
    """How good a prediction was; of `brier` and `calibration_error` less is better."""

    auc: float
    pr_auc: float
    brier: float
    lift: float
    calibration_error: float


class Gain(NamedTuple):
    """How much better one prediction was, and between what and what that surely lies."""

    value: float
    interval: Interval | None

    @property
    def is_proven(self) -> bool:
        """Whether the whole interval is on the good side of no difference."""
        return self.interval is not None and self.interval.low > 0


def average_precision(did: Floats, did_not: Floats) -> Floats:
    """Return the average precision, from counts per distinct score, lowest first.

    Args:
        did: how many with this score did it; the last axis is the score.
        did_not: how many did not.
    """
    found = np.cumsum(did[..., ::-1], axis=-1)
    ranked = found + np.cumsum(did_not[..., ::-1], axis=-1)
    precision = np.divide(found, ranked, out=np.zeros_like(found), where=ranked > 0)
    with np.errstate(invalid="ignore"):
        precise: Floats = (did[..., ::-1] * precision).sum(axis=-1) / did.sum(axis=-1)
    return precise


def lift(did: Floats, did_not: Floats) -> Floats:
    """Return how many times as many of the best tenth did it as of all, counts as above."""
    share: Floats = top_part(did + did_not, did, 1 / TENTHS) * TENTHS
    return share


RANKED: Mapping[str, Callable[[Floats, Floats], Floats]] = {
    "auc": area,
    "pr_auc": average_precision,
    "lift": lift,
}
"""What draws are compared by, from counts per score of who did it and who did not."""


def tenths(scores: Any, *columns: Any) -> list[Floats]:
    """Return the sums of columns over each tenth of the people, lowest scores first.

    People of one score who do not fit into a tenth are shared between two, at their mean.
    """
    distinct, place = np.unique(np.asarray(scores, dtype=np.float64), return_inverse=True)
    held = np.cumsum(np.bincount(place, minlength=len(distinct)))
    ends = np.concatenate([[0.0], held])
    borders = np.linspace(0, ends[-1], TENTHS + 1)
    summed = []
    for column in columns:
        sums = np.cumsum(np.bincount(place, weights=column, minlength=len(distinct)))
        summed.append(np.diff(np.interp(borders, ends, np.concatenate([[0.0], sums]))))
    return summed


def figures(outcomes: Any, said: Prediction) -> Figures:
    """Return the figures of a prediction.

    Args:
        outcomes: 1 for who did it, 0 for who did not; both occur.
        said: the prediction, in the same order.
    """
    came = np.asarray(outcomes, dtype=np.float64)
    did, did_not = _by_place(np.unique(said.scores, return_inverse=True)[1], came)
    held, hoped, done = tenths(said.scores, np.ones(len(came)), said.chances, came)
    return Figures(
        auc=float(area(did, did_not)),
        pr_auc=float(average_precision(did, did_not)),
        brier=float(((said.chances - came) ** 2).mean()),
        lift=float(lift(did, did_not)),
        calibration_error=float(np.abs(hoped - done).sum() / held.sum()),
    )


class Judged(NamedTuple):
    """A prediction with its figures, and how far auc, pr_auc and lift of each draw of people are
    from those of all."""

    said: Prediction
    figures: Figures
    apart: Mapping[str, Floats]

    @property
    def auc_interval(self) -> Interval | None:
        """Between what and what the AUC surely lies."""
        return _around(self.figures.auc, self.apart["auc"])


class Judge:
    """Judges predictions of the same people, drawn with replacement in the same way for all."""

    def __init__(self, outcomes: Any, people: Any, seed: int) -> None:
        """Take what came.

        Args:
            outcomes: 1 for who did it, 0 for who did not; both occur.
            people: a number for each row, by chance; rows of one person have the same.
            seed: equal seeds give equal intervals.
        """
        self.came = np.asarray(outcomes, dtype=np.float64)
        self.groups = np.unique(np.asarray(people), return_inverse=True)[1] % GROUPS
        self.size = int(self.groups.max()) + 1
        # how often each group is in each draw: drawing takes longer than adding up what was drawn
        self.draws = resample(np.eye(self.size), REPLICATES, seed)

    def judge(self, said: Prediction) -> Judged:
        """Return a prediction with its figures."""
        distinct, place = np.unique(said.scores, return_inverse=True)
        held = np.bincount(place, minlength=len(distinct))
        middle = (np.cumsum(held) - held / 2) / held.sum()
        cells = self.groups * BINS + np.minimum((middle * BINS).astype(np.int64), BINS - 1)[place]
        did, did_not = (
            np.bincount(cells, weights=weights, minlength=self.size * BINS).reshape(-1, BINS)
            for weights in (self.came, 1 - self.came)
        )
        drawn = self.draws @ np.hstack([did, did_not])
        each, everybody = (drawn[:, :BINS], drawn[:, BINS:]), (did.sum(axis=0), did_not.sum(axis=0))
        return Judged(
            said,
            figures(self.came, said),
            # bins move the figures of all draws by a hair, and that of everybody with them
            {name: figure(*each) - figure(*everybody) for name, figure in RANKED.items()},
        )

    def gains(self, ours: Judged, theirs: Judged) -> dict[str, Gain]:
        """Return how much better one prediction is than another in auc, pr_auc, lift and brier:
        above 0 where ours is better."""
        found = {}
        for name in RANKED:
            value = getattr(ours.figures, name) - getattr(theirs.figures, name)
            found[name] = Gain(value, _around(value, ours.apart[name] - theirs.apart[name]))
        apart = (theirs.said.chances - self.came) ** 2 - (ours.said.chances - self.came) ** 2
        grouped = [
            np.bincount(self.groups, weights=each, minlength=self.size)
            for each in (apart, np.ones(len(apart)))
        ]
        sums = self.draws @ np.column_stack(grouped)
        found["brier"] = Gain(float(apart.mean()), percentile_interval(sums[:, 0] / sums[:, 1]))
        return found


def _around(figure: float, apart: Floats) -> Interval | None:
    """The middle of the draws around the figure of everybody."""
    found = percentile_interval(apart)
    return None if found is None else Interval(figure + found.low, figure + found.high)


def _by_place(place: npt.NDArray[np.int64], came: Floats) -> tuple[Floats, Floats]:
    did = np.bincount(place, weights=came).astype(np.float64)
    return did, np.bincount(place, weights=1 - came, minlength=len(did)).astype(np.float64)
