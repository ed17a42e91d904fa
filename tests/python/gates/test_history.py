"""Figures are compared with the data before, and a rerun compares with the same."""

from datetime import timedelta
from typing import Any

import duckdb

from winback.gates.results import Result

from .conftest import RUN, run

SUITES = [
    {
        "suite": "s",
        "model": "t",
        "measures": "select max(score) as score, 1 as one from {t}",
        "expectations": [
            {
                "name": "score_moved",
                "expectation": "ExpectColumnMaxToBeBetween",
                "kwargs": {"column": "score"},
                "previous": {"at_least": 0.5, "at_most": 2},
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


def _run(connection: duckdb.DuckDBPyConnection, score: int, day: int, **options: Any) -> Result:
    connection.execute(f"create or replace table t as select {score} as score")
    results = run(
        connection,
        SUITES,
        ["t"],
        fingerprint="select max(score) from {t}",
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
