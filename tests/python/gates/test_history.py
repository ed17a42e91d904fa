"""Figures are compared with the data before, and a rerun compares with the same."""

from datetime import date, timedelta
from typing import Any

import duckdb
import pytest

from winback.gates.results import Result

from .conftest import RUN, run

SUITES: list[dict[str, Any]] = [
    {
        "suite": "s",
        "model": "t",
        "measures": "select max(score) as score, max(own) as own, 1 as one from {t}",
        "expectations": [
            {
                "name": "score_moved",
                "expectation": "ExpectColumnMaxToBeBetween",
                "kwargs": {"column": "score"},
                "previous": {"at_least": 0.5, "at_most": 2, "floor": 5, "own": "own"},
                "says": "s",
                "message": "{previous:.0f} became {observed:.0f}",
            },
            {
                "name": "stop",
                "expectation": "ExpectColumnMaxToBeBetween",
                "kwargs": {"column": "score", "max_value": 1000},
                "severity": "critical",
                "says": "s",
                "message": "m",
            },
        ],
    }
]


def _run(
    connection: duckdb.DuckDBPyConnection,
    score: int | None,
    day: int,
    gate: str = "gate_marts",
    own: int | None = None,
    **options: Any,
) -> Result:
    """A run of one gate on data with this score; by default of the one that ends the run."""
    connection.execute(
        f"create or replace table t as select {score or 'null'}::int as score,"
        f" {own or 'null'}::int as own"
    )
    results = run(
        connection,
        SUITES,
        ["t"],
        gate=gate,
        fingerprint="select coalesce(max(score), 0) from {t}",
        evaluated_at=RUN + timedelta(days=day),
        **options,
    )
    return results["score_moved"]


def test_the_first_value_is_compared_with_nothing(connection: duckdb.DuckDBPyConnection) -> None:
    first = _run(connection, 10, 0)
    assert first.success
    assert "nothing to compare" in first.message


def test_a_jump_is_seen_and_a_rerun_sees_the_same(connection: duckdb.DuckDBPyConnection) -> None:
    _run(connection, 10, 0)
    jump = _run(connection, 30, 1)
    again = _run(connection, 30, 2)
    assert (jump.success, jump.message) == (False, "10 became 30")
    assert (again.success, again.message, again.kwargs) == (False, jump.message, jump.kwargs)
    assert _run(connection, 31, 3).success


def test_the_first_data_stays_first(connection: duckdb.DuckDBPyConnection) -> None:
    _run(connection, 10, 0)
    _run(connection, 30, 1)
    assert "nothing to compare" in _run(connection, 10, 2).message


def test_other_settings_are_not_compared(connection: duckdb.DuckDBPyConnection) -> None:
    _run(connection, 10, 0, settings="EUR")
    assert "nothing to compare" in _run(connection, 30, 1, settings="USD").message


def test_a_stopped_run_leaves_nothing_to_compare_with(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    _run(connection, 10, 0)
    _run(connection, 5000, 1)
    assert _run(connection, 11, 2).success


def test_a_run_that_a_later_gate_stops_leaves_nothing_either(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    def whole_run(score: int, day: int, last: int) -> Result:
        found = _run(connection, score, day, gate="gate_intermediate")
        _run(connection, last, day)
        return found

    whole_run(10, 0, last=1)
    assert whole_run(100, 1, last=5000).message == "10 became 100"
    # the gate before it was content with 100, and yet nothing is compared with that
    assert whole_run(30, 2, last=2).message == "10 became 30"
    assert whole_run(100, 3, last=3).message == "30 became 100"
    assert connection.execute("select count(*) from gate_history_noted").fetchall() == [(0,)]


def test_a_date_is_compared_with_earlier_dates_only(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    """Whoever replays the past is not told that the past was smaller than today."""

    def at(month: int, score: int, day: int) -> Result:
        return _run(connection, score, day, as_of_date=date(2026, month, 1))

    assert "nothing to compare" in at(5, 10, day=0).message
    assert at(6, 30, day=1).message == "10 became 30"
    assert "nothing to compare" in at(4, 5, day=2).message
    assert at(5, 25, day=3).message == "10 became 25"
    # the nearest date before, not the one that was run last
    assert at(7, 90, day=4).message == "30 became 90"
    assert at(7, 90, day=5).message == "30 became 90"


def test_a_fall_to_nothing_is_told_once(connection: duckdb.DuckDBPyConnection) -> None:
    """The figure is gone: with the load that lost it, and with each rerun of that load."""
    _run(connection, 10, 0)
    fall = _run(connection, None, 1)
    assert (fall.success, fall.observed_value) == (False, "0")
    assert "it was 10 on the data before" in fall.message
    assert _run(connection, None, 2).message == fall.message
    assert _run(connection, 12, 3).success


def test_the_first_run_compares_with_the_past_of_its_own_data(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    fall = _run(connection, None, 0, own=300)
    assert not fall.success
    assert "it was 300 in the time of equal length before" in fall.message


def test_what_never_was_is_nothing_to_check(connection: duckdb.DuckDBPyConnection) -> None:
    assert _run(connection, None, 0).success
    assert "nothing to compare" in _run(connection, 10, 1).message


def test_small_figures_are_not_compared(connection: duckdb.DuckDBPyConnection) -> None:
    _run(connection, 1, 0)
    small = _run(connection, 4, 1)
    assert (small.success, small.message) == (True, "Too few to be compared with the data before.")
    assert not _run(connection, 40, 2).success


@pytest.mark.parametrize(("now", "success"), [(93, True), (92, False), (102, True), (103, False)])
def test_a_difference_can_be_bounded(
    connection: duckdb.DuckDBPyConnection, now: int, success: bool
) -> None:
    check = SUITES[0]["expectations"][0] | {"previous": {"down_by": 7, "up_by": 2}}
    suites = [SUITES[0] | {"expectations": [check | {"message": "{change:.0f} days"}]}]
    for day, score in enumerate((100, now)):
        connection.execute(f"create or replace table t as select {score} as score, null as own")
        result = run(
            connection,
            suites,
            ["t"],
            gate="gate_marts",
            fingerprint="select max(score) from {t}",
            evaluated_at=RUN + timedelta(days=day),
        )["score_moved"]
    assert result.success == success
    assert success or result.message == f"{abs(now - 100)} days"
