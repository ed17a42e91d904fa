"""Logistic regression and random forest, with and without a membership, out of time.

Both are fitted at an earlier date on what happened after it, and rank the people of a later date,
of whom it is known what happened as well. A segment that adds nothing to the columns its rule reads
is no worse for it: it says in a word what a model needs all of them for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression

from winback.clusters.features import signed_log
from winback.clusters.partitions import one_thread
from winback.segment_quality.delong import compare_rankings
from winback.statistics import Floats

# fewer members, people outside, doers or others than this decide nothing
FEWEST = 20
TREES = 15
DEPTH = 5
# leaves of so many people give shares, not guesses
LEAF = 20
SEED = 1927
ALGORITHMS = ("logistic", "forest")

_FIGURES = ("auc_without", "auc_with", "auc_gain", "auc_gain_low", "auc_gain_high")
SCHEMA = pa.schema(
    [
        ("segment", pa.string()),
        ("outcome", pa.string()),
        ("trained_on", pa.date32()),
        ("tested_on", pa.date32()),
        ("train_contacts", pa.int64()),
        ("test_contacts", pa.int64()),
        ("test_members", pa.int64()),
        *((f"{name}_{figure}", pa.float64()) for name in ALGORITHMS for figure in _FIGURES),
        ("not_fitted_because", pa.string()),
    ]
)

Sample = Mapping[str, Any]


def fit_memberships(inputs: Any, predictions: Any) -> pa.Table:
    """Fit and compare the models of every segment, on the outcome it is judged by.

    Args:
        inputs: relation of the drawn people: `contact_id`, `as_of_date`, `role` (train or test),
            `outcome`, `has_outcome`, `segments` (names with spaces between), a column
            `feature_<name>` per feature (null where not known).
        predictions: relation with `segment`, `outcome` and `is_judged_by`.

    Returns:
        One row per segment, in the order of names; the figures are null where
        `not_fitted_because` says why.
    """
    judged = predictions.filter("is_judged_by").project("segment, outcome").distinct().fetchall()
    samples = {
        (outcome, role): _read(inputs, outcome, role)
        for outcome in sorted({outcome for _, outcome in judged})
        for role in ("train", "test")
    }
    bases: dict[str, Mapping[str, Floats]] = {}
    rows = []
    for segment, outcome in sorted(judged):
        train, test = samples[outcome, "train"], samples[outcome, "test"]
        row = {
            "segment": segment,
            "outcome": outcome,
            "trained_on": _date(train),
            "tested_on": _date(test),
            "train_contacts": len(train["has_outcome"]),
            "test_contacts": len(test["has_outcome"]),
            "test_members": int(_is_in(test, segment).sum()),
            "not_fitted_because": _too_few(train, test, segment),
        }
        if row["not_fitted_because"] is None:
            if outcome not in bases:
                bases[outcome] = _rankings(train, test)
            row |= _compared(bases[outcome], _rankings(train, test, segment), test)
        rows.append(row)
    return pa.Table.from_pylist(rows, schema=SCHEMA)


def _read(inputs: Any, outcome: str, role: str) -> Sample:
    # sorted: a forest draws rows by their place
    drawn = inputs.filter(f"outcome = '{outcome}' and role = '{role}'").order("contact_id")
    found = drawn.fetchnumpy()
    return {
        name: np.ma.filled(values, np.nan) if name.startswith("feature_") else np.asarray(values)
        for name, values in found.items()
    }


def _is_in(sample: Sample, segment: str) -> Any:
    """Of each of the people, whether they are in a segment."""
    return np.array([segment in str(names).split() for names in sample["segments"]], dtype=bool)


def _date(sample: Sample) -> Any:
    dates = sample["as_of_date"]
    return dates[0].astype("datetime64[D]").item() if len(dates) else None


def _too_few(train: Sample, test: Sample, segment: str) -> str | None:
    for name, sample in (("train", train), ("test", test)):
        if not len(sample["has_outcome"]):
            if name == "train":
                return "no date kept is old enough to learn from (var history_months)"
            return "no date kept lies so far back (var history_months)"
        for is_so, held, lacking in (
            (_is_in(sample, segment), "in it", "outside it"),
            (sample["has_outcome"], "who did it", "who did not"),
        ):
            inside = int(is_so.sum())
            outside = len(is_so) - inside
            if min(inside, outside) < FEWEST:
                few, which = (inside, held) if inside < FEWEST else (outside, lacking)
                people = f"{few} of {len(is_so)} drawn contacts"
                return f"too few people {which} on {_date(sample)} ({people})"
    return None


def _rankings(train: Sample, test: Sample, segment: str | None = None) -> dict[str, Floats]:
    """Chances of the people of the test, by each algorithm."""
    names = [name for name in train if name.startswith("feature_")]
    fitted, tested = _matrix(train, names, train), _matrix(test, names, train)
    if segment is not None:
        fitted = np.column_stack([fitted, _is_in(train, segment)])
        tested = np.column_stack([tested, _is_in(test, segment)])
    models = {
        "logistic": LogisticRegression(solver="newton-cholesky"),
        "forest": RandomForestClassifier(
            n_estimators=TREES, max_depth=DEPTH, min_samples_leaf=LEAF, random_state=SEED, n_jobs=1
        ),
    }
    # too far from the mean of those it learned from, nobody counts as further
    centre, spread = fitted.mean(axis=0), fitted.std(axis=0)
    spread[spread == 0] = 1
    scaled = [np.clip((part - centre) / spread, -5, 5) for part in (fitted, tested)]
    # so little work is slower in several threads, and in another order of sums
    with one_thread():
        return {
            name: model.fit(scaled[0], train["has_outcome"]).predict_proba(scaled[1])[:, 1]
            for name, model in models.items()
        }


def _matrix(sample: Sample, names: Sequence[str], known: Sample) -> Floats:
    """Features as models read them: long tails drawn in, and a column for what is not known."""
    columns = []
    for name in names:
        drawn = signed_log(np.asarray(sample[name], dtype=np.float64))
        of_all = np.asarray(known[name], dtype=np.float64)
        missing = np.isnan(of_all)
        filler = 0.0 if missing.all() else float(np.median(signed_log(of_all[~missing])))
        columns.append(np.where(np.isnan(drawn), filler, drawn))
        if missing.any():
            columns.append(np.isnan(drawn).astype(np.float64))
    return np.column_stack(columns)


def _compared(
    without: Mapping[str, Floats], having: Mapping[str, Floats], test: Sample
) -> dict[str, float]:
    row: dict[str, float] = {}
    for name in ALGORITHMS:
        found = compare_rankings(test["has_outcome"], without[name], having[name])
        values = (found.first, found.second, found.difference, *found.interval)
        row |= {f"{name}_{figure}": value for figure, value in zip(_FIGURES, values, strict=True)}
    return row
