"""The rows that dbt builds: relations come in, Arrow tables go out."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from functools import partial
from importlib.metadata import version
from typing import Any

import numpy as np
import pyarrow as pa

from winback.fitting.attempt import FAILED, attempt
from winback.fitting.numbers import BATCH, as_floats, rounded, without_values
from winback.fitting.stored import hash_of, read_model, write_model
from winback.propensity.fit import Fitted, Floats, People, chances, fit_target
from winback.propensity.metrics import Judged
from winback.propensity.settings import Settings

# whom a target is about, as a condition on int_contact_features (the macro
# propensity_population says the same)
POPULATIONS = {"returning": "is_inactive", "churning": "not is_inactive", "buying": "true"}
LIBRARIES = ("scikit-learn", "skops", "numpy")
# chances are kept to so many decimals
DECIMALS = 6

_TEXT, _DOUBLE, _LONG, _DATE = pa.string(), pa.float64(), pa.int64(), pa.date32()
_DOUBLES = pa.list_(pa.float64())
_GAINS = ("auc", "pr_auc", "brier", "lift")
_FIGURES = (*_GAINS, "calibration_error")
FITS = pa.schema(
    [
        *[("target", _TEXT), ("algorithm", _TEXT), ("horizon_days", pa.int32())],
        *[("as_of_date", _DATE), ("status", _TEXT), ("is_used", pa.bool_()), ("reason", _TEXT)],
        *[("trained_on", _DATE), ("tested_from", _DATE), ("tested_until", _DATE)],
        *[("training_contacts", _LONG), ("training_positives", _LONG)],
        *[("test_contacts", _LONG), ("test_rows", _LONG), ("test_positives", _LONG)],
        *[(name + end, _DOUBLE) for name in _FIGURES for end in ("", "_recency")],
        *[("auc_low", _DOUBLE), ("auc_high", _DOUBLE)],
        *[(name + end, _DOUBLE) for name in _GAINS for end in ("_gain", "_gain_low", "_gain_high")],
        *[("by_date", _TEXT), ("features", _TEXT), ("unused_features", _TEXT)],
        ("features_hash", _TEXT),
        *[("parameters", _TEXT), ("library_versions", _TEXT)],
        *[("model_hash", _TEXT), ("model", pa.binary())],
        *[("tenth_contacts", _DOUBLES), ("tenth_chances", _DOUBLES), ("tenth_positives", _DOUBLES)],
        *[("tenth_recency_chances", _DOUBLES), ("tenth_recency_positives", _DOUBLES)],
        ("importances", _DOUBLES),
    ]
)


def fit_models(dates: Any, inputs: Any, settings: Settings) -> pa.Table:
    """Train every algorithm for every target, judge it later, and keep it.

    Args:
        dates: relation of `as_of_date`, `is_current`, `known_until`.
        inputs: relation of `target`, `as_of_date`, `is_training`, `contact_id`, `sample_key`,
            `silence_days`, `is_positive` and the features.
        settings: what the project asks for.

    Returns:
        One row per target and algorithm. What was not trained has a reason and no figures.
    """
    rows = []
    current, known_until = (
        dates.filter("is_current").project("as_of_date, known_until").fetchall()[0]
    )
    for target, days in settings.targets.items():
        named = {"target": target, "horizon_days": days, "as_of_date": current, "is_used": False}
        too_short = partial(_too_short, dates, current, known_until, days)
        found = attempt(
            partial(_target_rows, inputs, target, settings, too_short),
            lambda reason: [
                {"algorithm": name, "status": FAILED, "reason": reason}
                for name in settings.algorithms
            ],
        )
        rows += [named | row for row in found]
    return pa.Table.from_pylist(rows, schema=FITS)


def _target_rows(
    inputs: Any, target: str, settings: Settings, too_short: Callable[[], str]
) -> list[dict[str, Any]]:
    training, later = (
        _people(inputs.filter(f"target = '{target}' and {condition}"), settings)
        for condition in ("is_training", "not is_training")
    )
    if len(training.dates) or len(later.dates):
        runs = fit_target(target, training, later, settings)
    else:
        runs = [Fitted(name, "no_history", too_short()) for name in settings.algorithms]
    return [_row(run, training, later, settings) for run in runs]


def score_contacts(
    connection: Any, source: str, fits: Any, settings: Settings, batch: int = BATCH
) -> Any:
    """Return the chance of every contact by the models in use, as a relation; no row of a model
    that is not what its card says, or cannot predict.

    Args:
        connection: an open DuckDB connection; a temporary table of it holds the rows.
        source: relation with `contact_id`, `is_inactive`, `is_current` and the features.
        fits: relation with the rows of `fit_models`.
        settings: what the project asks for.
        batch: contacts held in memory at once.
    """
    connection.execute(
        "create or replace temp table winback_propensities"
        " (contact_id varchar, target varchar, score double)"
    )
    stored = fits.filter("is_used").project("target, model, model_hash").fetchall()
    loaded = {
        target: attempt(partial(read_model, model, sha256), lambda _: None)
        for target, model, sha256 in stored
    }
    used = {target: model for target, model in loaded.items() if model is not None}
    if used:
        members = [f"coalesce({POPULATIONS[name]}, false) as in_{name}" for name in used]
        columns = ", ".join(["contact_id", *members, *_features(settings)])
        # a cursor of its own: what is being read stays open while rows are written
        reader = connection.cursor().sql(f"select {columns} from {source} where is_current")
        for rows in reader.to_arrow_reader(batch):
            if rows.num_rows:
                for scored in _scored(rows, used, settings):
                    connection.register("winback_batch", scored)
                    connection.execute("insert into winback_propensities from winback_batch")
                    connection.unregister("winback_batch")
    return connection.sql("select contact_id, target, score from winback_propensities")


def months_needed(current: date, known_until: date, days: int) -> int:
    """Return how many month-ends must be kept for a training date and a later one to judge it.

    Args:
        current: the current as_of_date.
        known_until: the last day of which something is known.
        days: the horizon.
    """
    end, months, found = current.replace(day=1) - timedelta(days=1), 1, 0
    limit = known_until
    while True:
        if end + timedelta(days=days) <= limit:
            found, limit = found + 1, end
            if found == 2:
                return months
        end, months = end.replace(day=1) - timedelta(days=1), months + 1


def _too_short(dates: Any, current: date, known_until: date, days: int) -> str:
    kept = dates.aggregate("count(*) - 1").fetchall()[0][0]
    needed = months_needed(current, known_until, days)
    return (
        f"no date whose {days} days were over before a later date whose {days} days are over too:"
        f" {kept} month-ends are kept, {needed} are needed (history_months)"
    )


def _features(settings: Settings) -> list[str]:
    return [f'cast("{name}" as double) as "{name}"' for name in settings.features]


def _people(relation: Any, settings: Settings) -> People:
    wanted = [
        *("sample_key", "cast(silence_days as double) as silence_days"),
        "cast(is_positive as double) as is_positive",
        "datediff('day', date '1970-01-01', as_of_date) as day_number",
    ]
    rows = (
        relation.order("sample_key, contact_id, as_of_date")
        .project(", ".join([*wanted, *_features(settings)]))
        .to_arrow_table()
        .combine_chunks()
    )
    if not rows.num_rows:
        nobody = np.empty(0)
        numbers = nobody.astype(np.int64)
        return People(np.empty((0, len(settings.features))), nobody, nobody, numbers, numbers)
    (batch,) = rows.to_batches()
    outcomes, silence = as_floats(batch, ("is_positive", "silence_days")).T
    return People(
        values=as_floats(batch, settings.features),
        outcomes=outcomes,
        silence=silence,
        contacts=batch.column("sample_key").to_numpy(zero_copy_only=False),
        dates=batch.column("day_number").to_numpy(zero_copy_only=False),
    )


def _row(run: Fitted, training: People, later: People, settings: Settings) -> dict[str, Any]:
    names = "\n".join(settings.features)
    stored = None if run.estimator is None else write_model(run.estimator)
    tenths = {
        "tenth_contacts": [each.contacts for each in run.tenths],
        "tenth_chances": [each.chance for each in run.tenths],
        "tenth_positives": [each.came for each in run.tenths],
        "tenth_recency_chances": [each.recency_chance for each in run.tenths],
        "tenth_recency_positives": [each.recency_came for each in run.tenths],
        "importances": run.importances,
    }
    return {
        "algorithm": run.algorithm,
        "status": run.status,
        "is_used": run.is_used,
        "reason": run.reason,
        "trained_on": _day(training.dates, max),
        "tested_from": _day(later.dates, min),
        "tested_until": _day(later.dates, max),
        "training_contacts": len(training.outcomes),
        "training_positives": training.positives,
        "test_contacts": len(np.unique(later.contacts)),
        "test_rows": len(later.outcomes),
        "test_positives": later.positives,
        **_figures(run.judged, ""),
        **_figures(run.recency, "_recency"),
        **_gains(run),
        "by_date": _by_date(run),
        "features": ", ".join(settings.features),
        "unused_features": ", ".join(without_values(training.values, settings.features)) or None,
        "features_hash": hashlib.sha256(names.encode()).hexdigest(),
        "parameters": _parameters(run.algorithm, settings),
        "library_versions": json.dumps({name: version(name) for name in LIBRARIES}),
        "model_hash": None if stored is None else hash_of(stored),
        "model": stored,
        **{
            name: [rounded(each) for each in values] if stored is not None else None
            for name, values in tenths.items()
        },
    }


def _figures(judged: Judged | None, end: str) -> dict[str, float | None]:
    return {
        name + end: None if judged is None else rounded(getattr(judged.figures, name))
        for name in _FIGURES
    }


def _gains(run: Fitted) -> dict[str, float | None]:
    held: dict[str, float | None] = {}
    between = None if run.judged is None else run.judged.auc_interval
    if between is not None:
        held |= {"auc_low": rounded(between.low), "auc_high": rounded(between.high)}
    for name, gain in run.gained.items():
        held[f"{name}_gain"] = rounded(gain.value)
        if gain.interval is not None:
            held[f"{name}_gain_low"] = rounded(gain.interval.low)
            held[f"{name}_gain_high"] = rounded(gain.interval.high)
    return held


def _by_date(run: Fitted) -> str | None:
    if not run.by_date:
        return None
    return json.dumps(
        [
            {
                "as_of_date": _date(each.date).isoformat(),
                "contacts": each.contacts,
                "positives": each.positives,
                "auc": rounded(each.auc),
                "auc_recency": rounded(each.auc_recency),
            }
            for each in run.by_date
        ]
    )


def _parameters(algorithm: str, settings: Settings) -> str:
    held: dict[str, Any] = {"sample": settings.sample, "seed": settings.seed}
    if algorithm == "forest":
        held |= {"trees": settings.trees, "min_leaf": settings.min_leaf}
    return json.dumps(held)


def _scored(rows: Any, used: Mapping[str, Any], settings: Settings) -> Iterator[pa.Table]:
    values = as_floats(rows, settings.features)
    contacts = rows.column("contact_id")
    for target, fitted in used.items():
        inside = rows.column(f"in_{target}").to_numpy(zero_copy_only=False).astype(np.bool_)
        scores = np.full(len(values), np.nan)
        if inside.any():
            found = attempt(partial(chances, fitted, values[inside]), lambda _: None)
            scores[inside] = np.nan if found is None else _kept(found)
        yield pa.table(
            {
                "contact_id": contacts,
                "target": pa.array([target] * len(values)),
                "score": pa.array(scores, mask=np.isnan(scores)),
            }
        )


def _kept(found: Floats) -> Floats:
    kept: Floats = np.round(found, DECIMALS)
    return kept


def _day(numbers: Sequence[int] | Any, choose: Any) -> date | None:
    return _date(choose(numbers)) if len(numbers) else None


def _date(number: int) -> date:
    return date(1970, 1, 1) + timedelta(days=int(number))
