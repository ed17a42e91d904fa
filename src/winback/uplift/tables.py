"""Rows of the dbt models: experiments judged, and contacts predicted some thousand at a time."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from winback.fitting.attempt import FAILED, attempt
from winback.fitting.numbers import BATCH, as_floats, rounded, without_values
from winback.fitting.stored import hash_of
from winback.uplift.experiments import Experiment, read_experiments, why_not
from winback.uplift.groups import decile_of, disturbed_deciles, group_of, moved_deciles
from winback.uplift.judge import Judgement, average_effect, choose, judge
from winback.uplift.learners import LEARNERS, fit, predict
from winback.uplift.settings import Settings, read_settings
from winback.uplift.stored import read_fit, write_fit

Floats = npt.NDArray[np.float64]
Row = dict[str, Any]

_TEXTS = (
    *("experiment", "learner", "metric", "arm", "control_arm", "status", "reason"),
    *("features", "unused_features"),
)
_WHOLE = ("decile", "window_days", "moved_deciles", "disturbed_deciles")
_COUNTS = ("contacts", "treated_contacts", "control_contacts", "learned_contacts")
_FIGURES = (
    *("treated_rate", "control_rate", "effect", "effect_low", "effect_high", "srm_p_value"),
    *("qini", "qini_low", "qini_high", "qini_share", "auuc", "auuc_low", "auuc_high"),
    *("predicted_uplift", "gain", "gain_low", "gain_high", "random_gain"),
)


def fit_rows(dbt: Any, connection: Any) -> Any:
    """Return a row per experiment and learner, and one per tenth of its contacts.

    Args:
        dbt: the model's context; its meta holds the var `uplift`.
        connection: the open connection.
    """
    settings = read_settings(dbt.config.meta_get("uplift"))
    people = f'"{dbt.this.schema}".int_uplift_people'
    return connection.from_arrow(fit_table(connection, people, settings))


def fit_table(connection: Any, source: str, settings: Settings) -> Any:
    """Return the same as an Arrow table.

    Args:
        connection: an open DuckDB connection.
        source: relation of `int_uplift_people`.
        settings: what the project asks for.
    """
    import pyarrow as pa

    rows: list[Row] = []
    for experiment in read_experiments(connection, source):
        rows += _attempted(connection, source, experiment, settings)
    kinds = [(name, pa.string()) for name in _TEXTS]
    kinds += [(name, pa.int32()) for name in _WHOLE]
    kinds += [(name, pa.int64()) for name in _COUNTS]
    kinds += [(name, pa.float64()) for name in _FIGURES]
    kinds += [("last_assigned_at", pa.timestamp("us"))]
    kinds += [("is_used", pa.bool_()), ("edges", pa.string()), ("bounds", pa.string())]
    kinds += [("model", pa.binary()), ("model_sha256", pa.string())]
    return pa.Table.from_pylist(rows, pa.schema(kinds))


def _attempted(
    connection: Any, source: str, experiment: Experiment, settings: Settings
) -> list[Row]:
    return attempt(
        lambda: list(experiment_rows(connection, source, experiment, settings)),
        lambda reason: [
            _common(experiment) | {"learner": name, "status": FAILED, "reason": reason}
            for name in LEARNERS
        ],
    )


def experiment_rows(
    connection: Any, source: str, experiment: Experiment, settings: Settings
) -> Iterator[Row]:
    """Judge both learners on one experiment.

    Args:
        connection: an open DuckDB connection.
        source: `int_uplift_people`.
        experiment: one of its experiments.
        settings: what the project asks for.
    """
    common = _common(experiment)
    reason = why_not(experiment, settings)
    if reason is not None:
        yield from (
            common | {"learner": name, "status": "not_tried", "reason": reason} for name in LEARNERS
        )
        return
    values, arm, outcome = _sample(connection, source, experiment, settings)
    unused = without_values(values, settings.features)
    names = [name for name in settings.features if name not in unused]
    features = values[:, [settings.features.index(name) for name in names]]
    effect = average_effect(arm, outcome)
    common |= {
        "features": ", ".join(names),
        "unused_features": ", ".join(unused) or None,
        "learned_contacts": len(outcome),
        "treated_rate": rounded(float(outcome[arm].mean())),
        "control_rate": rounded(float(outcome[~arm].mean())),
        "effect": rounded(effect.difference),
        "effect_low": rounded(effect.interval.low),
        "effect_high": rounded(effect.interval.high),
    }
    judgements = judge(features, arm, outcome, settings.seed)
    used = choose(judgements)
    for one in judgements:
        row = common | _measured(one) | {"is_used": one is used, "reason": _reason(one, used)}
        row["status"] = "better" if one.beats_chance else "not_better"
        if one is used:
            model = write_fit(fit(features, arm, outcome, settings.seed))
            row |= {
                "model": model,
                "model_sha256": hash_of(model),
                "bounds": _bounds(features),
                "edges": json.dumps([rounded(edge) for edge in one.edges]),
            }
        yield row
        yield from (
            {key: common[key] for key in ("experiment", "metric", "arm", "control_arm")}
            | {"learner": one.learner, "is_used": one is used}
            | tenth
            for tenth in _tenths(one)
        )


def _common(experiment: Experiment) -> Row:
    treated, control = experiment.treated, experiment.control
    return {
        "experiment": experiment.name,
        "metric": experiment.metric,
        "arm": treated and treated.name,
        "control_arm": experiment.control_arm,
        "window_days": experiment.window_days,
        "last_assigned_at": experiment.last_assigned_at,
        "contacts": sum(arm.contacts for arm in experiment.arms),
        "treated_contacts": treated.contacts if treated else 0,
        "control_contacts": control.contacts if control else 0,
        "srm_p_value": rounded(experiment.ratio),
        "is_used": False,
    }


def _sample(
    connection: Any, source: str, experiment: Experiment, settings: Settings
) -> tuple[Floats, npt.NDArray[np.bool_], Floats]:
    """Return features, arm and outcome of the contacts to learn from, in an order by chance."""
    columns = ", ".join(f'"{name}"' for name in settings.features)
    rows = connection.sql(
        f"""
        select {columns}, is_treated, outcome
        from {source}
        where experiment = ? and features_as_of is not null
        order by sample_key, contact_id
        limit {settings.sample}
        """,
        params=[experiment.name],
    ).to_arrow_table()
    return (
        as_floats(rows, settings.features),
        rows.column("is_treated").to_numpy().astype(np.bool_),
        rows.column("outcome").to_numpy().astype(np.float64),
    )


def _measured(one: Judgement) -> Row:
    return {
        "learner": one.learner,
        "qini": rounded(one.qini),
        "qini_low": rounded(one.qini_interval.low),
        "qini_high": rounded(one.qini_interval.high),
        "qini_share": rounded(one.qini_share),
        "auuc": rounded(one.auuc),
        "auuc_low": rounded(one.auuc_interval.low),
        "auuc_high": rounded(one.auuc_interval.high),
        "moved_deciles": moved_deciles(one.deciles),
        "disturbed_deciles": disturbed_deciles(one.deciles),
    }


def _reason(one: Judgement, used: Judgement | None) -> str:
    if one is used:
        return "Better than chance, the surest: the interval of its Qini lies above 0."
    if one.beats_chance:
        return "Better than chance, but less surely than the other learner."
    if used is not None:
        return "Not better than chance: the interval of its Qini holds 0. The other learner is."
    return (
        "Not found: the interval of its Qini holds 0, so whom the treatment changes more than"
        " others cannot be told. Treat all or nobody, by the average effect."
    )


def _tenths(one: Judgement) -> Iterator[Row]:
    for tenth in one.deciles:
        yield {
            "decile": tenth.decile,
            "contacts": tenth.treated + tenth.control,
            "treated_contacts": tenth.treated,
            "control_contacts": tenth.control,
            "predicted_uplift": rounded(tenth.predicted),
            "treated_rate": rounded(tenth.treated_rate),
            "control_rate": rounded(tenth.control_rate),
            "effect": rounded(tenth.effect),
            "effect_low": rounded(tenth.effect_interval.low),
            "effect_high": rounded(tenth.effect_interval.high),
            "gain": rounded(tenth.gain),
            "gain_low": rounded(tenth.gain_interval.low),
            "gain_high": rounded(tenth.gain_interval.high),
            "random_gain": rounded(tenth.random_gain),
        }


def _bounds(features: Floats) -> str:
    """Return what was seen of each column: the least, the most, and whether it was ever missing."""
    held = []
    for column in features.T:
        known = column[~np.isnan(column)]
        held.append(
            [
                float(known.min()) if len(known) else None,
                float(known.max()) if len(known) else None,
                len(known) < len(column),
            ]
        )
    return json.dumps(held)


def within(features: Floats, bounds: str) -> npt.NDArray[np.bool_]:
    """Tell which contacts are like those of the experiment: none of their columns is beyond it.

    Args:
        features: contacts by columns, NaN where nothing is known.
        bounds: what was seen of each column, as JSON.
    """
    inside = np.ones(len(features), np.bool_)
    for column, (least, most, is_missing) in zip(features.T, json.loads(bounds), strict=True):
        unknown = np.isnan(column)
        known = np.zeros(len(column), np.bool_)
        if least is not None:
            known = (column >= least) & (column <= most)
        inside &= np.where(unknown, is_missing, known)
    return inside


class Used(NamedTuple):
    """What `int_uplift_fits` holds of a learner that is used."""

    experiment: str
    learner: str
    metric: str
    features: str
    control_rate: float
    moved_deciles: int
    disturbed_deciles: int
    edges: str
    bounds: str
    model: bytes
    model_sha256: str


def contact_rows(dbt: Any, connection: Any) -> Any:
    """Return what the used learners predict of contacts as they are now.

    Args:
        dbt: the model's context.
        connection: the open connection.
    """
    names = ("int_uplift_fits", "int_uplift_people", "int_contact_features")
    fits, people, features = (f'"{dbt.this.schema}".{name}' for name in names)
    return connection.sql(f"select * from {predict_all(connection, fits, people, features)}")


def predict_all(connection: Any, fits: str, people: str, features: str) -> str:
    """Predict everybody, and return the temporary table that holds the result.

    Args:
        connection: an open DuckDB connection; the temporary table is its own.
        fits: relation of `int_uplift_fits`.
        people: committed relation of `int_uplift_people`.
        features: committed relation of `int_contact_features`.
    """
    connection.execute(
        "create or replace temp table winback_uplifts (experiment varchar, contact_id varchar,"
        " as_of_date date, learner varchar, metric varchar, predicted_uplift double,"
        " untreated_chance double, decile integer, uplift_group varchar, is_participant boolean)"
    )
    held = connection.execute(
        f"select {', '.join(Used._fields)} from {fits}"
        " where is_used and decile is null order by experiment"
    ).fetchall()
    for row in held:
        used = Used(*row)
        if not attempt(partial(_predict, connection, people, features, used), lambda _: False):
            # all of an experiment or nothing
            connection.execute(
                "delete from winback_uplifts where experiment = ?", [used.experiment]
            )
    return "winback_uplifts"


def _predict(connection: Any, people: str, features: str, used: Used) -> bool:
    import pyarrow as pa

    fitted, edges = read_fit(used.model, used.model_sha256), json.loads(used.edges)
    names = used.features.split(", ")
    columns = ", ".join(f'cast(features."{name}" as double) as "{name}"' for name in names)
    # a cursor of its own: what is being read stays open while rows are written
    reader = connection.cursor().sql(
        f"""
        select
            features.contact_id,
            features.as_of_date,
            people.contact_id is not null as is_participant,
            {columns}
        from {features} as features
        left join {people} as people
            on features.contact_id = people.contact_id and people.experiment = ?
        where features.is_current
        """,
        params=[used.experiment],
    )
    for batch in reader.to_arrow_reader(BATCH):
        values = as_floats(batch, names)
        seen = batch.column("is_participant").to_numpy(zero_copy_only=False).astype(np.bool_)
        rows = np.flatnonzero(seen | within(values, used.bounds))
        if not len(rows):
            continue
        predicted = predict(fitted, values[rows])
        uplift = predicted.uplift[used.learner]
        decile = decile_of(uplift, edges)
        group = group_of(
            *(uplift, predicted.untreated, decile),
            *(used.moved_deciles, used.disturbed_deciles, used.control_rate),
        )
        kept = batch.take(pa.array(rows))
        placed = pa.table(
            {
                "experiment": pa.array([used.experiment] * len(rows), pa.string()),
                "contact_id": kept.column("contact_id"),
                "as_of_date": kept.column("as_of_date"),
                "learner": pa.array([used.learner] * len(rows), pa.string()),
                "metric": pa.array([used.metric] * len(rows), pa.string()),
                "predicted_uplift": pa.array(uplift),
                "untreated_chance": pa.array(predicted.untreated),
                "decile": pa.array(decile, pa.int32()),
                "uplift_group": pa.array(group),
                "is_participant": pa.array(seen[rows]),
            }
        )
        connection.register("winback_batch", placed)
        connection.execute("insert into winback_uplifts select * from winback_batch")
        connection.unregister("winback_batch")
    return True
