"""The tables that dbt builds: from relations of contacts to rows of fits and predictions."""

import json
from typing import Any

import duckdb
import numpy as np
import pytest

from winback.lifetimes import bg_nbd, fit_lifetimes, predict_engagements, predict_orders
from winback.lifetimes.tables import _by_weeks

from .data import buyers, purchases, readers

CONTACTS = 3000


@pytest.fixture(scope="module")
def company() -> duckdb.DuckDBPyConnection:
    """Two dates; the later one without an outcome."""
    connection = duckdb.connect()
    bought, _, later_orders = buyers((0.9, 8.0, 0.8, 3.0), CONTACTS, modified=True)
    read, _, later_engaged = readers((0.8, 1.6, 0.6, 9.0), CONTACTS, ahead=9)
    rng = np.random.default_rng(4)
    orders = {
        "frequency": bought.frequency,
        "recency_days": np.floor(bought.recency * 7),
        "age_days": np.floor(bought.age * 7),
        "later_order_days": later_orders,
        "value": rng.gamma(6 * np.maximum(bought.frequency, 1))
        / np.maximum(bought.frequency, 1)
        / rng.gamma(4.0, 1 / 9.0, CONTACTS),
    }
    messages = {
        "engaged": read.engaged,
        "last_engaged": read.last_engaged,
        "opportunities": read.opportunities,
        "later_engaged": later_engaged,
    }
    connection.sql(
        "create table dates as select * from (values (date '2026-03-31', false, 91),"
        " (date '2026-06-30', true, null)) as dates (as_of_date, is_current, outcome_days)"
    )
    for name, columns in (("orders", orders), ("messages", messages)):
        connection.register("given", {key: np.asarray(each) for key, each in columns.items()})
        connection.sql(f"create table {name} as select * from given")
        connection.unregister("given")
    connection.sql(
        "create table purchases as select dates.as_of_date, dates.is_current, orders.*,"
        " case when frequency > 0 then value end as repeat_value from orders cross join dates"
    )
    connection.sql(
        "create table opportunities as select dates.as_of_date, dates.is_current, messages.*,"
        " 9 as send_days_90d, case when engaged > 0 then 10 * (opportunities - last_engaged) end"
        " as days_since_engaged from messages cross join dates"
    )
    connection.sql("update purchases set later_order_days = 0 where is_current")
    connection.sql("update opportunities set later_engaged = 0 where is_current")
    return connection


def _fits(connection: duckdb.DuckDBPyConnection) -> Any:
    return fit_lifetimes(*(connection.table(n) for n in ("dates", "purchases", "opportunities")))


@pytest.fixture(scope="module")
def fits(company: duckdb.DuckDBPyConnection) -> Any:
    return _fits(company)


def test_every_model_has_a_row_at_every_date(fits: Any) -> None:
    rows = fits.to_pylist()
    assert len(rows) == 8
    assert {row["status"] for row in rows} == {"fitted"}
    assert all(json.loads(row["parameters"]) and row["log_likelihood"] < 0 for row in rows)


def test_rankings_are_judged_where_the_outcome_is_known(fits: Any) -> None:
    for row in fits.to_pylist():
        judged = not row["is_current"] and row["model"] != "gamma_gamma"
        assert (row["auc_expectation"] is not None) == judged
        if judged:
            assert row["expected_outcome"] == pytest.approx(row["actual_outcome"], rel=0.07)
            # the models made this company, so they must know it better than recency does
            assert row["auc_expectation"] > row["auc_recency"] + 0.02
            assert row["top_tenth_expectation"] > row["top_tenth_recency"]


def test_each_kind_of_buyer_is_predicted_once(
    company: duckdb.DuckDBPyConnection, fits: Any
) -> None:
    company.register("fits", fits)
    found = predict_orders(company.table("fits"), company.table("purchases"))
    company.register("found", found)
    kinds = company.sql(
        "select count(*) from (select distinct frequency, recency_days, age_days from purchases)"
    ).fetchall()[0][0]
    assert company.sql(
        "select model, count(*) from found group by model order by 1"
    ).fetchall() == [
        ("bg_nbd", kinds),
        ("mbg_nbd", kinds),
    ]
    # somebody who will be missed, and not at once
    row = next(
        row
        for row in found.to_pylist()
        if row["model"] == "mbg_nbd" and (row["inactive_age_days"] or 0) > row["recency_days"] + 1
    )
    parameters = next(
        np.array(list(json.loads(fit["parameters"]).values()))
        for fit in fits.to_pylist()
        if fit["model"] == "mbg_nbd" and fit["is_current"]
    )
    contact = purchases(row["frequency"], row["recency_days"] / 7, row["age_days"] / 7)
    chance = bg_nbd.probability_alive(parameters, contact, modified=True)
    assert row["probability_alive"] == pytest.approx(float(chance[0]))
    # one half lies between the day before and the day
    after, before = (
        bg_nbd.probability_alive(
            parameters, contact._replace(age=np.array([each / 7])), modified=True
        )[0]
        for each in (row["inactive_age_days"], row["inactive_age_days"] - 1)
    )
    assert after < 0.5 <= before


def test_readers_are_predicted(company: duckdb.DuckDBPyConnection, fits: Any) -> None:
    company.register("fits", fits)
    found = predict_engagements(company.table("fits"), company.table("opportunities"))
    rows = found.to_pylist()
    assert rows and all(0 <= row["probability_alive"] <= 1 for row in rows)
    assert all(row["expected_engagements_90d"] <= 9 for row in rows)
    assert all(row["expected_engagements_30d"] <= row["expected_engagements_90d"] for row in rows)


# what is not fitted predicts nothing, and says so
def test_a_company_without_orders_or_messages() -> None:
    connection = duckdb.connect()
    connection.sql(
        "create table dates as select date '2026-06-30' as as_of_date, true as is_current,"
        " cast(null as integer) as outcome_days"
    )
    connection.sql(
        "create table purchases (as_of_date date, is_current boolean, frequency int,"
        " recency_days int, age_days int, repeat_value double, later_order_days int)"
    )
    connection.sql(
        "create table opportunities (as_of_date date, is_current boolean, engaged int,"
        " last_engaged int, opportunities int, send_days_90d int, days_since_engaged int,"
        " later_engaged int)"
    )
    fits = _fits(connection)
    assert [row["status"] for row in fits.to_pylist()] == ["too_few"] * 4
    connection.register("fits", fits)
    models = connection.table("fits")
    assert predict_orders(models, connection.table("purchases")).num_rows == 0
    assert predict_engagements(models, connection.table("opportunities")).num_rows == 0


def test_the_same_contacts_in_another_order_give_the_same_tables(
    company: duckdb.DuckDBPyConnection, fits: Any
) -> None:
    shuffled = [
        company.sql(f"select * from {name} order by hash(rowid, 7)")
        for name in ("dates", "purchases", "opportunities")
    ]
    assert fit_lifetimes(*shuffled).equals(fits)


# by weeks only where there are too many kinds: nobody is lost, and nobody bought after today
def test_many_kinds_are_fitted_by_weeks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("winback.lifetimes.tables.MAX_KINDS", 3)
    frequency = np.array([0.0, 1, 1, 1, 2])
    recency, age = np.array([0.0, 3, 4, 11, 20]), np.array([9.0, 11, 12, 11, 30])
    kinds = {
        "frequency": frequency,
        "recency_days": recency,
        "age_days": age,
        "contacts": np.array([5.0, 1, 1, 1, 2]),
    }
    found = _by_weeks(kinds)
    assert found.contacts.sum() == 10 and (found.recency <= found.age).all()
    assert {(float(x), float(t)) for x, t in zip(found.frequency, found.recency, strict=True)} == {
        (0.0, 0.0),
        (1.0, 0.0),
        (1.0, 1.0),
        (1.0, 2.0),
        (2.0, 3.0),
    }


def test_a_model_that_raises_takes_no_other_with_it(
    company: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bg_nbd, "fit", lambda *_, **__: 1 / 0)
    found = _fits(company)
    status = {row["model"]: row["status"] for row in found.to_pylist()}
    assert status == {
        "bg_nbd": "failed", "mbg_nbd": "failed", "gamma_gamma": "fitted", "bg_bb": "fitted",
    }  # fmt: skip
    company.register("some_fits", found)
    assert len(predict_orders(company.table("some_fits"), company.table("purchases"))) == 0
    company.unregister("some_fits")
