"""The tables that dbt builds: cards, scores, and models out of the warehouse."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pytest

from winback.errors import UserError
from winback.fitting.stored import hash_of, read_model, write_model
from winback.propensity.load import load_model
from winback.propensity.tables import fit_models, months_needed, score_contacts

from .people import FEATURES, SMALL, people

TWO = replace(
    SMALL, targets={"returning": 90, "churning": 90, "buying": 90}, algorithms=("logistic",)
)
DATES = (
    "create table dates as select * from (values (date '2026-06-30', true, date '2026-06-30'),"
    " (date '2026-03-31', false, date '2026-06-30')) as dates (as_of_date, is_current, known_until)"
)


def fill(connection: duckdb.DuckDBPyConnection, order: str = "contact_id") -> None:
    """Inputs of one target that can be learned, one with one outcome, and one without dates; and
    the contacts of today."""
    connection.sql(DATES)
    training, later = people(1), people(2, dates=2)
    columns: dict[str, Any] = {
        "number": np.concatenate([training.contacts, later.contacts]),
        "day_number": np.concatenate([np.full(1500, 20_422), later.dates + 512]),
        "is_training": np.repeat([True, False], [1500, 3000]),
        "is_positive": np.concatenate([training.outcomes, later.outcomes]) > 0,
    }
    values = np.concatenate([training.values, later.values])
    columns |= dict(zip(FEATURES, values.T, strict=True))
    connection.register("given", columns)
    features = ", ".join(
        f"case when isnan({name}) then null else {name} end as {name}" for name in FEATURES
    )
    connection.sql(
        "create table inputs as select target, date '1970-01-01' + cast(day_number as int)"
        " as as_of_date, is_training, 'c' || number as contact_id,"
        " cast(number * 7919 % 1511 as bigint) as sample_key,"
        " case when target = 'buying' then false else is_positive end as is_positive,"
        f" case when isnan(days_since_last_engagement) then null"
        f" else cast(days_since_last_engagement as int) end as silence_days, {features}"
        " from given cross join (values ('returning'), ('buying')) as targets (target)"
        f" order by {order}"
    )
    connection.unregister("given")
    connection.sql(
        "create table today as select contact_id, true as is_current,"
        " case sample_key % 3 when 0 then true when 1 then false end as is_inactive,"
        f" {', '.join(FEATURES)} from inputs where target = 'returning' and is_training"
    )


@pytest.fixture(scope="module")
def company() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        fill(connection)
        yield connection


def fits(connection: duckdb.DuckDBPyConnection) -> Any:
    return fit_models(connection.table("dates"), connection.table("inputs"), TWO)


@pytest.fixture(scope="module")
def cards(company: duckdb.DuckDBPyConnection) -> Any:
    return fits(company)


def test_every_target_has_a_card_that_says_how_it_went(cards: Any) -> None:
    rows = {row["target"]: row for row in cards.to_pylist()}
    assert {target: row["status"] for target, row in rows.items()} == {
        "returning": "better",
        "churning": "no_history",
        "buying": "one_outcome",
    }
    found = rows["returning"]
    assert found["is_used"] and found["auc_gain_low"] > 0
    assert found["trained_on"] == date(2025, 11, 30)
    assert (found["tested_from"], found["tested_until"]) == (date(2026, 2, 28), date(2026, 3, 31))
    assert (found["training_contacts"], found["test_contacts"], found["test_rows"]) == (
        *(1500, 1500, 3000),
    )
    assert found["features"] == ", ".join(FEATURES)
    assert found["model_hash"] == hash_of(found["model"])
    assert set(json.loads(found["library_versions"])) == {"scikit-learn", "skops", "numpy"}
    assert [each["contacts"] for each in json.loads(found["by_date"])] == [1500, 1500]
    for target in ("churning", "buying"):
        row = rows[target]
        assert not row["is_used"] and row["reason"]
        assert [row[name] for name in ("auc", "brier_gain_low", "model", "model_hash")] == [
            None
        ] * 4
    # two dates 90 days apart and 90 days more: the seventh month-end before 30 June
    assert rows["churning"]["reason"].endswith(
        "1 month-ends are kept, 6 are needed (history_months)"
    )


def test_a_target_that_raises_takes_no_other_with_it(
    company: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("winback.propensity.fit.estimator", lambda *_: 1 / 0)
    found = {row["target"]: row for row in fits(company).to_pylist()}
    assert {target: row["status"] for target, row in found.items()} == {
        "returning": "failed",
        "churning": "no_history",
        "buying": "one_outcome",
    }
    assert found["returning"]["is_used"] is False and found["returning"]["model"] is None


def test_another_order_of_rows_gives_the_same_cards(cards: Any) -> None:
    with duckdb.connect() as connection:
        fill(connection, "hash(contact_id, as_of_date, target)")
        assert fits(connection).equals(cards)


def test_other_features_have_another_hash(company: Any, cards: Any) -> None:
    fewer = replace(TWO, features=FEATURES[:3], targets={"returning": 90})
    found = fit_models(company.table("dates"), company.table("inputs"), fewer)
    assert found["features_hash"][0] != cards["features_hash"][0]


def scores(connection: Any, cards: Any, batch: int = 50_000) -> list[Any]:
    connection.register("cards", cards)
    fitted = connection.sql("from cards")
    found = score_contacts(connection, "today", fitted, TWO, batch).order("all").fetchall()
    return list(found)


def test_scores_are_of_those_whom_the_target_is_about(company: Any, cards: Any) -> None:
    found = scores(company, cards)
    # of targets without a model in use there is no row
    assert {target for _, target, _ in found} == {"returning"}
    assert len(found) == 1500
    told = {contact for contact, _, score in found if score is not None}
    inactive = company.sql("select contact_id from today where is_inactive").fetchall()
    assert told == {contact for (contact,) in inactive}
    assert all(0 <= score <= 1 for _, _, score in found if score is not None)


def test_batches_change_nothing(company: Any, cards: Any) -> None:
    assert scores(company, cards, batch=64) == scores(company, cards)


def test_no_model_in_use_scores_nobody(company: Any, cards: Any) -> None:
    assert scores(company, cards.slice(1)) == []


def test_a_model_that_was_changed_scores_nobody(company: Any, cards: Any) -> None:
    place = cards.schema.get_field_index("model_hash")
    other = cards.set_column(place, cards.schema.field(place), pa.array(["0" * 64, None, None]))
    assert scores(company, other) == []
    # and whoever asks for it by name is told why
    with pytest.raises(UserError, match="was changed since it was trained"):
        read_model(cards["model"][0].as_py(), "0" * 64)


@pytest.mark.parametrize(
    ("today", "known_until", "days", "months"),
    [
        (date(2026, 6, 30), date(2026, 6, 30), 90, 6),
        (date(2026, 6, 15), date(2026, 6, 15), 90, 7),
        (date(2026, 6, 30), date(2026, 6, 30), 30, 2),
        (date(2026, 6, 30), date(2026, 5, 1), 30, 4),
        (date(2026, 6, 30), date(2026, 6, 30), 365, 24),
    ],
)
def test_how_much_history_it_takes(today: date, known_until: date, days: int, months: int) -> None:
    assert months_needed(today, known_until, days) == months


@pytest.fixture
def warehouse(tmp_path: Path, cards: Any) -> Path:
    database = tmp_path / "warehouse.duckdb"
    with duckdb.connect(str(database)) as connection:
        connection.register("cards", cards)
        connection.sql("create table int_propensity_fits as select * from cards")
        connection.sql(
            "create view propensity_models as select * exclude (model) from int_propensity_fits"
        )
    return database


def test_a_model_is_loaded_out_of_the_warehouse(warehouse: Path, company: Any, cards: Any) -> None:
    model = load_model(warehouse, "returning")
    assert (model.algorithm, model.horizon_days, model.features) == ("logistic", 90, FEATURES)
    known = {contact: score for contact, _, score in scores(company, cards) if score is not None}
    rows = company.sql(
        f"select contact_id, {', '.join(FEATURES)} from today where is_inactive"
    ).fetchall()
    found = model.chances([row[1:] for row in rows])
    assert found == pytest.approx([known[row[0]] for row in rows], abs=1e-6)


def test_what_is_not_there_is_not_loaded(warehouse: Path, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="there is no model of winning"):
        load_model(warehouse, "winning")
    with pytest.raises(UserError, match="there is no forest model of returning"):
        load_model(warehouse, "returning", "forest")
    with pytest.raises(UserError, match=r"no model of buying is in use \(logistic: none of 1500"):
        load_model(warehouse, "buying")
    with pytest.raises(UserError, match="the logistic model of buying was not trained"):
        load_model(warehouse, "buying", "logistic")
    with pytest.raises(UserError, match="no database at"):
        load_model(tmp_path / "other.duckdb", "buying")


def test_a_model_that_is_not_in_use_is_loaded_by_its_name_alone(warehouse: Path) -> None:
    with duckdb.connect(str(warehouse)) as connection:
        connection.sql("update int_propensity_fits set is_used = false")
    with pytest.raises(UserError, match="no model of returning is in use"):
        load_model(warehouse, "returning")
    assert load_model(warehouse, "returning", "logistic").target == "returning"


def test_a_changed_model_is_not_loaded(warehouse: Path) -> None:
    other = write_model({"not": "it"})
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute("update int_propensity_fits set model = ? where is_used", [other])
    with pytest.raises(UserError, match="was changed since it was trained"):
        load_model(warehouse, "returning")
