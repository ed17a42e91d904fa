"""Each kind of check, met and not met."""

import json
from typing import Any

import duckdb
import pytest

from winback.gates.suites import GateConfigError

from .conftest import RUN, run


def _suite(check: dict[str, Any], **suite: Any) -> list[dict[str, Any]]:
    said = {"name": "tried", "says": "As it should be.", "message": "Not as it should be."}
    return [{"suite": "s", "model": "t", "expectations": [said | check]} | suite]


@pytest.fixture
def table(connection: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    connection.execute(
        "create table t as select 'f' || range as name, range / 10 as share,"
        " case when range < 8 then range end as sparse,"
        " 'reader' || range || '@secret.example' as email,"
        " timestamp '2026-01-01' + to_days(range::int) as started_at,"
        " timestamp '2026-01-02' as ended_at from range(10)"
    )
    return connection


@pytest.mark.parametrize(
    ("expectation", "good", "bad"),
    [
        (
            "ExpectColumnValuesToBeBetween",
            {"column": "share", "max_value": 1},
            {"column": "share", "max_value": 0.5},
        ),
        (
            "ExpectColumnValuesToNotBeNull",
            {"column": "sparse", "mostly": 0.8},
            {"column": "sparse", "mostly": 0.9},
        ),
        (
            "ExpectColumnMeanToBeBetween",
            {"column": "share", "min_value": 0.4, "max_value": 0.5},
            {"column": "share", "max_value": 0.4},
        ),
        (
            "ExpectTableRowCountToBeBetween",
            {"min_value": 10, "max_value": 10},
            {"min_value": 11},
        ),
        (
            "UnexpectedRowsExpectation",
            {"unexpected_rows_query": "select * from {batch} where share > 1"},
            {"unexpected_rows_query": "select * from {batch} where email like '%3@%'"},
        ),
        (
            "ExpectColumnPairValuesAToBeGreaterThanB",
            {"column_A": "share", "column_B": "share", "or_equal": True},
            {"column_A": "ended_at", "column_B": "started_at", "or_equal": True},
        ),
    ],
)
def test_a_check_is_met_or_not(
    table: duckdb.DuckDBPyConnection, expectation: str, good: dict[str, Any], bad: dict[str, Any]
) -> None:
    met = run(table, _suite({"expectation": expectation, "kwargs": good}), ["t"])["tried"]
    assert (met.success, met.message) == (True, "As it should be.")
    missed = run(table, _suite({"expectation": expectation, "kwargs": bad}), ["t"])["tried"]
    assert (missed.success, missed.message) == (False, "Not as it should be.")
    assert json.loads(missed.kwargs) == bad
    assert missed.evaluated_at == RUN


def test_a_critical_failure_stops_the_run_and_a_warning_does_not(
    table: duckdb.DuckDBPyConnection,
) -> None:
    check = {"expectation": "ExpectTableRowCountToBeBetween", "kwargs": {"min_value": 11}}
    for severity, stops in (("critical", True), ("warning", False)):
        result = run(table, _suite(check | {"severity": severity}), ["t"])["tried"]
        assert (result.success, result.stops_run) == (False, stops)


def test_a_message_names_what_failed_and_how_much(table: duckdb.DuckDBPyConnection) -> None:
    check = {
        "expectation": "ExpectColumnValuesToBeBetween",
        "kwargs": {"column": "share", "max_value": 0.2},
        "message": "{count} of {total} above {max:.0%}: {subjects}.",
    }
    result = run(table, _suite(check, subject="name"), ["t"])["tried"]
    assert result.message == "7 of 10 above 20%: f3, f4, f5, f6, f7 and 2 more."
    assert (result.unexpected_count, result.unexpected_percent) == (7, 70.0)


def test_rows_of_a_query_name_what_failed(table: duckdb.DuckDBPyConnection) -> None:
    check = {
        "expectation": "UnexpectedRowsExpectation",
        "kwargs": {"unexpected_rows_query": "select * from {batch} where share > 0.8"},
        "message": "{count}: {subjects}",
    }
    result = run(table, _suite(check, subject="name"), ["t"])["tried"]
    assert (result.message, result.unexpected_count) == ("1: f9", 1)


def test_a_figure_is_observed(table: duckdb.DuckDBPyConnection) -> None:
    check = {
        "expectation": "ExpectColumnMaxToBeBetween",
        "kwargs": {"column": "mean_share", "max_value": 0.4},
        "message": "{observed:.1%} is more than {max:.0%}.",
    }
    suites = _suite(check, measures="select avg(share) as mean_share from {t}")
    result = run(table, suites, ["t"])["tried"]
    assert result.message == "45.0% is more than 40%."
    assert result.observed_value == "0.45"


def test_a_figure_that_is_absent_is_nothing_to_check(table: duckdb.DuckDBPyConnection) -> None:
    check = {
        "expectation": "ExpectColumnMaxToBeBetween",
        "kwargs": {"column": "opens", "min_value": 1},
        "severity": "critical",
    }
    suites = _suite(check, measures="select cast(null as double) as opens from {t} limit 1")
    result = run(table, suites, ["t"])["tried"]
    assert result.success
    assert result.observed_value is None
    assert "Nothing to check" in result.message


def test_a_check_that_cannot_be_evaluated_stops_the_run(
    table: duckdb.DuckDBPyConnection,
) -> None:
    check = {
        "expectation": "ExpectColumnValuesToBeBetween",
        "kwargs": {"column": "nowhere", "max_value": 1},
        "severity": "warning",
    }
    result = run(table, _suite(check), ["t"])["tried"]
    assert result.stops_run
    assert "could not be evaluated" in result.message


def test_an_error_does_not_quote_the_data(table: duckdb.DuckDBPyConnection) -> None:
    check = {
        "expectation": "UnexpectedRowsExpectation",
        "kwargs": {"unexpected_rows_query": "select * from {batch} where email::integer > 3"},
    }
    result = run(table, _suite(check), ["t"])["tried"]
    assert not result.success
    assert "secret" not in result.message


@pytest.mark.parametrize(
    "suite",
    [
        {"measures": "select max(email::integer) as share from {t}"},
        {"query": "select name, email::integer as share from {t}", "subject": "name"},
        {"query": "select name, email::integer as share from {t}"},
    ],
    ids=["measures", "subject", "query"],
)
def test_a_query_that_fails_leaves_a_row_and_no_value(
    table: duckdb.DuckDBPyConnection, suite: dict[str, Any]
) -> None:
    """The other suites are evaluated, and the run stops with a sentence in the gate's table."""
    name = "ExpectColumnMaxToBeBetween"
    broken = _suite({"expectation": name, "kwargs": {"column": "share", "max_value": 1}}, **suite)
    sound = _suite(
        {"name": "rows", "expectation": "ExpectTableRowCountToBeBetween", "kwargs": {}}, suite="o"
    )
    results = run(table, broken + sound, ["t"])
    assert results["tried"].stops_run
    assert results["tried"].message == (
        "This check could not be evaluated (ConversionException). Correct it in the gate's YAML."
    )
    assert results["rows"].success


def test_a_query_with_a_wrong_name_says_which(table: duckdb.DuckDBPyConnection) -> None:
    check = {"expectation": "ExpectColumnMaxToBeBetween", "kwargs": {"column": "share"}}
    suites = _suite(check, measures="select max(nowhere) as share from {t}")
    assert 'column "nowhere" not found' in run(table, suites, ["t"])["tried"].message


def test_a_fingerprint_that_fails_stops_what_it_is_for(table: duckdb.DuckDBPyConnection) -> None:
    check = {
        "expectation": "ExpectColumnMaxToBeBetween",
        "kwargs": {"column": "share"},
        "previous": {"at_least": 0.5},
    }
    other = {"name": "other", "says": "s", "message": "m"} | check | {"previous": {}}
    suites = _suite(check, measures="select max(share) as share from {t}")
    suites[0]["expectations"].append(other)
    results = run(table, suites, ["t"], fingerprint="select max(email::integer) from {t}")
    assert results["tried"].stops_run
    assert "the fingerprint: ConversionException)" in results["tried"].message
    assert results["other"].success


def test_other_tables_are_named_by_their_model(table: duckdb.DuckDBPyConnection) -> None:
    table.execute("create table other as select 'f3' as name")
    query = "select b.* from {batch} as b inner join {other} as o on b.name = o.name"
    check = {
        "expectation": "UnexpectedRowsExpectation",
        "kwargs": {"unexpected_rows_query": query},
    }
    assert run(table, _suite(check), ["t", "other"])["tried"].unexpected_count == 1
    with pytest.raises(GateConfigError, match=r"\{other\} is not a model this gate refs"):
        run(table, _suite(check), ["t"])


def test_the_callers_transaction_is_left_alone(table: duckdb.DuckDBPyConnection) -> None:
    table.begin()
    table.execute("insert into t (share) values (99)")
    check = {"expectation": "ExpectTableRowCountToBeBetween", "kwargs": {"max_value": 10}}
    # what is not committed is not there yet
    assert run(table, _suite(check), ["t"])["tried"].success
    table.rollback()
    assert table.execute("select count(*) from t").fetchall() == [(10,)]


def test_the_database_is_let_go(tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("db") / "w.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("create table t as select 1 as share")
        check = {"expectation": "ExpectTableRowCountToBeBetween", "kwargs": {"min_value": 1}}
        run(connection, _suite(check), ["t"])
    # a connection still open for writing would refuse this one
    duckdb.connect(str(path), read_only=True).close()
