"""The tables of the dbt models: from people of experiments to what is predicted of contacts."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import duckdb
import numpy as np
import pytest

from winback.errors import UserError
from winback.uplift import tables
from winback.uplift.stored import read_fit
from winback.uplift.tables import contact_rows, fit_rows, within

from .planted import NAMES, Planted, experiment

CONTACTS = 5_000
SETTINGS = {
    "features": list(NAMES),
    "min_contacts": 200,
    "min_outcomes": 20,
    "sample": 100_000,
    "seed": 1,
}
DBT: Any = SimpleNamespace(
    this=SimpleNamespace(schema="main"),
    config=SimpleNamespace(meta_get=lambda name: json.dumps({"uplift": SETTINGS}[name])),
)


def _warehouse(drawn: Planted, order: Any) -> duckdb.DuckDBPyConnection:
    """An experiment called test, a second one too small, and everybody's features today."""
    connection = duckdb.connect()
    rows = {name: drawn.features[order, place] for place, name in enumerate(NAMES)}
    rows |= {
        "number": np.asarray(order),
        "treated": drawn.treated[order],
        "outcome": drawn.outcome[order],
    }
    connection.register("given", rows)
    columns = ", ".join(f"if(isnan({name}), null, {name}) as {name}" for name in NAMES)
    connection.execute(
        f"""
        create table int_uplift_people as
        select experiment, 'c' || number as contact_id, if(treated, 'offer', 'control') as arm,
            'control' as control_arm, treated as is_treated, 2 as arms, true as is_randomised,
            28 as window_days, 'ordered' as metric, date '2026-04-30' as features_as_of,
            timestamp '2026-05-01' as assigned_at,
            1.0::double as expected_weight, outcome, {columns},
            md5(number || experiment) as sample_key
        from given
        cross join (values ('test'), ('small')) as names (experiment)
        where experiment = 'test' or number < 300
        """
    )
    # today everybody is as then; there are newcomers like them, and one unlike anybody
    connection.execute(
        f"""
        create table int_contact_features as
        select contact_id, date '2026-06-30' as as_of_date, true as is_current, {", ".join(NAMES)}
        from int_uplift_people where experiment = 'test'
        union all
        select 'like_' || contact_id, date '2026-06-30', true, {", ".join(NAMES)}
        from int_uplift_people where experiment = 'test' and md5(contact_id) < '4'
        union all select 'unlike', date '2026-06-30', true, 9999, 1, 1
        union all select 'unknown', date '2026-06-30', true, null, 1, 1
        union all select 'c1', date '2026-05-31', false, 1, 1, 1
        """
    )
    connection.unregister("given")
    return connection


def _build(connection: duckdb.DuckDBPyConnection) -> tuple[list[Any], list[Any]]:
    fit_rows(DBT, connection).create("int_uplift_fits")
    contact_rows(DBT, connection).create("int_contact_uplifts")
    return (
        connection.execute("select * from int_uplift_fits order by all").fetchall(),
        connection.execute("select * from int_contact_uplifts order by all").fetchall(),
    )


@pytest.fixture(scope="module")
def planted() -> Planted:
    return experiment(CONTACTS, seed=3)


@pytest.fixture(scope="module")
def built(planted: Planted) -> duckdb.DuckDBPyConnection:
    connection = _warehouse(planted, range(CONTACTS))
    _build(connection)
    return connection


def test_every_experiment_says_what_became_of_it(built: duckdb.DuckDBPyConnection) -> None:
    rows = built.execute(
        "select experiment, learner, is_used, reason, model is not null from int_uplift_fits"
        " where decile is null order by all"
    ).fetchall()
    small = [row for row in rows if row[0] == "small"]
    assert [row[1:3] for row in small] == [("t_learner", False), ("x_learner", False)]
    assert all("it takes 200 in each" in row[3] for row in small)
    test = [row for row in rows if row[0] == "test"]
    assert [row[2] for row in test].count(True) == 1
    assert all(row[2] == row[4] and row[3] for row in test)
    tenths = built.execute(
        "select learner, count(*), min(decile), max(decile), sum(contacts) from int_uplift_fits"
        " where decile is not null group by learner order by learner"
    ).fetchall()
    assert tenths == [("t_learner", 10, 1, 10, CONTACTS), ("x_learner", 10, 1, 10, CONTACTS)]


def test_contacts_like_those_of_the_experiment_are_predicted(
    built: duckdb.DuckDBPyConnection, planted: Planted
) -> None:
    rows = built.execute(
        "select contact_id, predicted_uplift, uplift_group, is_participant, decile,"
        " untreated_chance from int_contact_uplifts"
    ).fetchall()
    known = {row[0]: row for row in rows}
    assert len(known) == len(rows) > CONTACTS * 1.2
    assert "unlike" not in known and "unknown" not in known
    assert all(row[3] == (not row[0].startswith("like_")) for row in rows)
    # whoever is alike is predicted alike
    twins = [name for name in known if name.startswith("like_")]
    assert all(known[name][1:3] == known[name[5:]][1:3] for name in twins)
    put_off = [name for name, row in known.items() if row[2] == "do_not_disturb"]
    assert 0.03 < len(put_off) / len(rows) < 0.2
    true = [planted.uplift[int(name.removeprefix("like_")[1:])] for name in put_off]
    assert np.mean(np.array(true) < 0) > 0.9
    assert all(-1 <= row[1] <= 1 and 1 <= row[4] <= 10 and 0 <= row[5] <= 1 for row in rows)


def test_a_rerun_and_another_order_of_rows_give_the_same_tables(
    built: duckdb.DuckDBPyConnection, planted: Planted
) -> None:
    first = [
        built.execute(f"select * from {name} order by all").fetchall()
        for name in ("int_uplift_fits", "int_contact_uplifts")
    ]
    shuffled = np.random.default_rng(0).permutation(CONTACTS)
    assert list(_build(_warehouse(planted, shuffled))) == first


def test_where_nothing_is_found_nothing_is_handed_out() -> None:
    connection = _warehouse(experiment(2_000, seed=4, strength=0), range(2_000))
    _, contacts = _build(connection)
    assert contacts == []
    reasons = connection.execute(
        "select distinct is_used, reason from int_uplift_fits where experiment = 'test'"
        " and decile is null"
    ).fetchall()
    assert len(reasons) == 1 and not reasons[0][0]
    assert reasons[0][1].startswith("Not found: the interval of its Qini holds 0")


def test_a_column_that_nobody_has_is_left_out_and_named() -> None:
    connection = _warehouse(experiment(2_000, seed=4, strength=0), range(2_000))
    first = NAMES[0]
    connection.execute(f"update int_uplift_people set {first} = null")
    _build(connection)
    (row,) = connection.execute(
        "select distinct status, unused_features, features from int_uplift_fits"
        " where experiment = 'test' and decile is null"
    ).fetchall()
    assert row[:2] == ("not_better", first)
    assert first not in row[2].split(", ")


def test_an_error_is_a_status_and_ends_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "judge", lambda *_: 1 / 0)
    connection = _warehouse(experiment(2_000, seed=4, strength=0), range(2_000))
    _, contacts = _build(connection)
    assert contacts == []
    (row,) = connection.execute(
        "select distinct status, is_used, reason from int_uplift_fits where experiment = 'test'"
    ).fetchall()
    assert row[:2] == ("failed", False)
    assert row[2].startswith("an error ended it (ZeroDivisionError)")


def test_a_changed_model_is_not_loaded(built: duckdb.DuckDBPyConnection) -> None:
    (row,) = built.execute(
        "select model, model_sha256 from int_uplift_fits where model is not null"
    ).fetchall()
    assert read_fit(*row).share == pytest.approx(0.5, abs=0.05)
    with pytest.raises(UserError, match="not loaded"):
        read_fit(row[0][:-1] + b"x", row[1])


def test_bounds_are_those_of_what_was_seen() -> None:
    bounds = json.dumps([[0, 5, False], [1, 2, True], [None, None, True]])
    rows = np.array(
        [
            [0, 1, np.nan],
            [5, np.nan, np.nan],
            [6, 1, np.nan],
            [np.nan, 1, np.nan],
            [1, 1, 3.0],
        ]
    )
    assert within(rows, bounds).tolist() == [True, True, False, False, False]
