"""The tables of fits and predictions: what the dbt Python models call.

Relations come in, Arrow tables go out. Equal contacts are counted by the database; what is
predicted for one of them holds for all, and the database joins it back to the contacts.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
import pyarrow as pa

from winback.fitting.attempt import FAILED, attempt
from winback.lifetimes import bg_bb, bg_nbd, gamma_gamma
from winback.lifetimes.bg_bb import Opportunities
from winback.lifetimes.bg_nbd import Purchases
from winback.lifetimes.fit import Fit, Floats
from winback.lifetimes.gamma_gamma import Values
from winback.lifetimes.ranking import auc, percentile, top_share

WEEK = 7
HORIZONS = (30, 90, 365)
# pace: messages of so many days say how many there will be
PACE_DAYS = 90
# more kinds of contacts than this are fitted by whole weeks
MAX_KINDS = 50_000
# a date further ahead says no more than "not in sight"
MAX_DAYS = 10 * 365
MODIFIED = (False, True)

ORDER_KEYS = ("frequency", "recency_days", "age_days")
ENGAGEMENT_KEYS = ("engaged", "last_engaged", "opportunities", "send_days_90d")
# who never engaged has been silent longest
NEVER_DAYS = 1_000_000

_TEXT, _DOUBLE, _INT = pa.string(), pa.float64(), pa.int32()
MODELS = pa.schema(
    [
        ("model", _TEXT),
        ("as_of_date", pa.date32()),
        ("is_current", pa.bool_()),
        ("status", _TEXT),
        ("reason", _TEXT),
        ("contacts", pa.int64()),
        ("parameters", _TEXT),
        ("log_likelihood", _DOUBLE),
        ("outcome_days", _INT),
        ("expected_outcome", _DOUBLE),
        ("actual_outcome", _DOUBLE),
        ("auc_expectation", _DOUBLE),
        ("auc_recency", _DOUBLE),
        ("top_tenth_expectation", _DOUBLE),
        ("top_tenth_recency", _DOUBLE),
    ]
)
ORDERS = pa.schema(
    [("model", _TEXT)]
    + [(key, _INT) for key in ORDER_KEYS]
    + [("probability_alive", _DOUBLE)]
    + [(f"expected_orders_{days}d", _DOUBLE) for days in HORIZONS]
    + [
        ("value_weight", _DOUBLE),
        ("mean_value", _DOUBLE),
        ("inactive_age_days", _INT),
        ("expectation_percentile", _DOUBLE),
    ]
)
ENGAGEMENTS = pa.schema(
    [("model", _TEXT)]
    + [(key, _INT) for key in ENGAGEMENT_KEYS]
    + [("probability_alive", _DOUBLE)]
    + [(f"expected_engagements_{days}d", _DOUBLE) for days in HORIZONS]
    + [("inactive_after", _INT), ("expectation_percentile", _DOUBLE)]
)


def fit_lifetimes(dates: Any, purchases: Any, opportunities: Any) -> pa.Table:
    """Fit every model at every date, and judge the rankings where the outcome is known.

    Args:
        dates: relation of `as_of_date`, `is_current`, `outcome_days` (null where the outcome is to
            come).
        purchases: relation of contacts with an order, by date: `frequency`, `recency_days`,
            `age_days`, `repeat_value` (null without a repeat purchase), `later_order_days`.
        opportunities: relation of contacts with a message, by date: `engaged`, `last_engaged`,
            `opportunities`, `send_days_90d`, `days_since_engaged` (null when they never did),
            `later_engaged`.

    Returns:
        One row per model and date. Parameters and likelihood are null unless the model is fitted,
        figures about the outcome unless it is known as well.
    """
    rows: list[dict[str, Any]] = []
    query = "as_of_date, is_current, outcome_days"
    for as_of_date, is_current, outcome_days in dates.project(query).order("as_of_date").fetchall():
        known = {
            "as_of_date": as_of_date,
            "is_current": is_current,
            "outcome_days": outcome_days,
        }
        at_date = f"as_of_date = date '{as_of_date}'"
        orders = _counted(
            purchases.filter(at_date),
            ORDER_KEYS,
            {
                "outcome": "sum(later_order_days)",
                "returned": "sum(case when later_order_days > 0 then 1 else 0 end)",
            },
        )
        for modified in MODIFIED:
            rows.append(
                _fitted(bg_nbd.name(modified), partial(_of_orders, orders, outcome_days, modified))
                | known
            )
        values = _values(purchases.filter(at_date))
        rows.append(_fitted(gamma_gamma.MODEL, partial(_of_values, values)) | known)
        messages = _counted(
            opportunities.filter(f"{at_date} and opportunities > 0"),
            (*ENGAGEMENT_KEYS, "days_since_engaged"),
            {
                "outcome": "sum(later_engaged)",
                "returned": "sum(case when later_engaged > 0 then 1 else 0 end)",
            },
        )
        rows.append(_fitted(bg_bb.MODEL, partial(_of_messages, messages, outcome_days)) | known)
    return pa.Table.from_pylist(rows, schema=MODELS)


def _of_orders(
    orders: Mapping[str, Floats], outcome_days: int | None, modified: bool
) -> dict[str, Any]:
    found = bg_nbd.fit(_by_weeks(orders), modified=modified)
    if not found.parameters or not outcome_days:
        return _row(found)
    expected = bg_nbd.expected_orders(
        found.values, outcome_days / WEEK, _purchases(orders), modified=modified
    )
    recency = orders["recency_days"] - orders["age_days"]
    return _row(found) | _judged(expected, recency, orders)


def _of_values(values: Values) -> dict[str, Any]:
    return _row(gamma_gamma.fit(values))


def _of_messages(messages: Mapping[str, Floats], outcome_days: int | None) -> dict[str, Any]:
    found = bg_bb.fit(_by_history(messages))
    if not found.parameters or not outcome_days:
        return _row(found)
    ahead = messages["send_days_90d"] * (outcome_days / PACE_DAYS)
    expected = bg_bb.expected_engagements(found.values, ahead, _history(messages))
    recency = -np.nan_to_num(messages["days_since_engaged"], nan=NEVER_DAYS)
    return _row(found) | _judged(expected, recency, messages)


def _fitted(model: str, fit: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    return attempt(fit, lambda reason: _row(Fit(model, FAILED, 0, reason)))


def predict_orders(models: Any, purchases: Any) -> pa.Table:
    """Predict for each kind of contact with an order, at the current date.

    Args:
        models: relation with the rows of `fit_lifetimes`.
        purchases: as for `fit_lifetimes`.

    Returns:
        One row per fitted model, BG/NBD or MBG/NBD, and kind of contact: probability to be alive,
        expected order days, the weight of its own mean in the expected value and the mean value of
        all (null without a fitted Gamma-Gamma), the age in days at which the probability to be
        alive falls under one half (null when that is not in sight), and its place among all
        contacts by expected orders of 90 days.
    """
    parameters = _current_parameters(models)
    kinds = _counted(purchases.filter("is_current"), ORDER_KEYS, {})
    values = parameters.get(gamma_gamma.MODEL)
    parts = []
    for modified in MODIFIED:
        fitted = parameters.get(bg_nbd.name(modified))
        if fitted is not None:
            predict = partial(_order_part, kinds, fitted, values, modified)
            parts.append(attempt(predict, lambda _: None))
    return _table(parts, ORDERS)


def _order_part(
    kinds: Mapping[str, Floats], fitted: Floats, values: Floats | None, modified: bool
) -> dict[str, Any]:
    contacts = _purchases(kinds)
    empty = np.full(len(contacts.frequency), np.nan)
    expected = {
        days: bg_nbd.expected_orders(fitted, days / WEEK, contacts, modified=modified)
        for days in HORIZONS
    }
    ages = bg_nbd.inactive_age(fitted, contacts, modified=modified)
    # the first whole day on which it is under one half: that of the last order, or a later one
    at_once = ages <= contacts.recency
    ages = np.where(at_once, kinds["recency_days"], np.floor(ages * WEEK) + 1)
    return (
        {key: kinds[key] for key in ORDER_KEYS}
        | {
            "model": bg_nbd.name(modified),
            "probability_alive": bg_nbd.probability_alive(fitted, contacts, modified=modified),
            "value_weight": empty
            if values is None
            else gamma_gamma.value_weight(values, contacts.frequency),
            "mean_value": empty
            if values is None
            else np.full(len(empty), gamma_gamma.mean_value(values)),
            "inactive_age_days": np.where(ages - kinds["age_days"] <= MAX_DAYS, ages, np.nan),
            "expectation_percentile": percentile(expected[90], contacts.contacts),
        }
        | {f"expected_orders_{days}d": expected[days] for days in HORIZONS}
    )


def predict_engagements(models: Any, opportunities: Any) -> pa.Table:
    """Predict for each kind of contact with a message, at the current date.

    Args:
        models: relation with the rows of `fit_lifetimes`.
        opportunities: as for `fit_lifetimes`.

    Returns:
        One row per kind of contact, none unless BG/BB is fitted: probability to be there for the
        next message, expected engagements if as many messages come as in the last 90 days, the
        message after which the probability falls under one half (null when it is not in sight),
        and its place among all contacts by expected engagements of 90 days.
    """
    fitted = _current_parameters(models).get(bg_bb.MODEL)
    if fitted is None:
        return _table([], ENGAGEMENTS)
    current = opportunities.filter("is_current and opportunities > 0")
    kinds = _counted(current, ENGAGEMENT_KEYS, {})
    return _table([attempt(partial(_engagement_part, kinds, fitted), lambda _: None)], ENGAGEMENTS)


def _engagement_part(kinds: Mapping[str, Floats], fitted: Floats) -> dict[str, Any]:
    history = _history(kinds)
    expected = {
        days: bg_bb.expected_engagements(
            fitted, kinds["send_days_90d"] * (days / PACE_DAYS), history
        )
        for days in HORIZONS
    }
    part = {key: kinds[key] for key in ENGAGEMENT_KEYS} | {
        "model": bg_bb.MODEL,
        "probability_alive": bg_bb.probability_alive(fitted, history),
        "inactive_after": bg_bb.inactive_after(fitted, history),
        "expectation_percentile": percentile(expected[90], history.contacts),
    }
    return part | {f"expected_engagements_{days}d": expected[days] for days in HORIZONS}


def _counted(relation: Any, keys: Sequence[str], sums: Mapping[str, str]) -> dict[str, Floats]:
    """Equal rows of a relation, counted and sorted: arrays by name of the column, null as NaN."""
    wanted = [f'cast({key} as double) as "{key}"' for key in keys]
    wanted += [f'cast({sql} as double) as "{name}"' for name, sql in sums.items()]
    counted = relation.aggregate(
        ", ".join([*wanted, 'cast(count(*) as double) as "contacts"']), ", ".join(keys)
    )
    # sorted: a sum in another order differs in its last digits
    found = counted.order(", ".join(f'"{key}"' for key in keys)).fetchnumpy()
    return {name: np.ma.filled(values, np.nan) for name, values in found.items()}


def _purchases(kinds: Mapping[str, Floats]) -> Purchases:
    return Purchases(
        kinds["frequency"],
        kinds["recency_days"] / WEEK,
        kinds["age_days"] / WEEK,
        kinds["contacts"],
    )


def _by_weeks(kinds: Mapping[str, Floats]) -> Purchases:
    """What a fit reads: by whole weeks where there are too many kinds of contacts by days."""
    exact = _purchases(kinds)
    if len(exact.frequency) <= MAX_KINDS:
        return exact
    rounded = np.column_stack([exact.frequency, np.round(exact.recency), np.round(exact.age)])
    distinct, place = np.unique(rounded, axis=0, return_inverse=True)
    contacts = np.bincount(place.ravel(), weights=exact.contacts).astype(np.float64)
    frequency, recency, age = distinct.T
    return Purchases(frequency, recency, age, contacts)


def _history(kinds: Mapping[str, Floats]) -> Opportunities:
    engaged, last, opportunities = (kinds[key].astype(np.int64) for key in ENGAGEMENT_KEYS[:3])
    return Opportunities(engaged, last, opportunities, kinds["contacts"])


def _by_history(kinds: Mapping[str, Floats]) -> Opportunities:
    """What a fit reads: contacts who differ in pace or recency alone are equal to it."""
    exact = _history(kinds)
    distinct, place = np.unique(np.column_stack(exact[:3]), axis=0, return_inverse=True)
    contacts = np.bincount(place.ravel(), weights=exact.contacts).astype(np.float64)
    engaged, last, opportunities = distinct.T
    return Opportunities(engaged, last, opportunities, contacts)


def _values(purchases: Any) -> Values:
    repeated = purchases.filter("frequency > 0 and repeat_value > 0")
    kinds = _counted(repeated, ("frequency", "repeat_value"), {})
    return Values(kinds["frequency"], kinds["repeat_value"], kinds["contacts"])


def _row(found: Fit) -> dict[str, Any]:
    return {
        "model": found.model,
        "status": found.status,
        "reason": found.reason,
        "contacts": found.contacts,
        "parameters": None if found.parameters is None else json.dumps(found.parameters),
        "log_likelihood": found.log_likelihood,
    }


def _judged(expected: Floats, recency: Floats, kinds: Mapping[str, Floats]) -> dict[str, Any]:
    """The ranking by expectation beside the one by recency, by what came afterwards."""
    contacts, outcome, returned = kinds["contacts"], kinds["outcome"], kinds["returned"]
    return {
        "expected_outcome": float(contacts @ expected),
        "actual_outcome": float(outcome.sum()),
        "auc_expectation": auc(expected, returned, contacts - returned),
        "auc_recency": auc(recency, returned, contacts - returned),
        "top_tenth_expectation": top_share(expected, contacts, outcome),
        "top_tenth_recency": top_share(recency, contacts, outcome),
    }


def _current_parameters(models: Any) -> dict[str, Floats]:
    fitted = models.filter("is_current and parameters is not null")
    return {
        model: np.array(list(json.loads(parameters).values()))
        for model, parameters in fitted.project("model, parameters").fetchall()
    }


def _table(parts: Sequence[Mapping[str, Any] | None], schema: pa.Schema) -> pa.Table:
    """Arrays by column as one table, without parts that failed; what is not a number becomes
    null."""
    tables = []
    for part in filter(None, parts):
        size = len(part["probability_alive"])
        columns = {}
        for field in schema:
            values = part[field.name]
            if isinstance(values, str):
                columns[field.name] = pa.array([values] * size, field.type)
            else:
                doubles = pa.array(values, pa.float64(), from_pandas=True)
                columns[field.name] = doubles.cast(field.type)
        tables.append(pa.table(columns, schema=schema))
    return pa.concat_tables(tables) if tables else schema.empty_table()
