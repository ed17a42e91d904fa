"""A wrong YAML says where it is wrong and what was expected."""

from typing import Any

import duckdb
import pytest

from winback.gates.suites import GateConfigError, read_suites

from .conftest import run

CHECK = {
    "name": "c",
    "expectation": "ExpectColumnMaxToBeBetween",
    "kwargs": {"column": "a", "max_value": 1},
    "says": "s",
    "message": "m",
}
SUITE: dict[str, Any] = {"suite": "s", "model": "t", "expectations": [CHECK]}


@pytest.mark.parametrize(
    ("suites", "message"),
    [
        ([], "no suites"),
        ([SUITE | {"modle": "t"}], "unknown key 'modle'; expected one of"),
        ([SUITE | {"model": "u"}], "'u' is not a model this gate refs; expected one of t"),
        ([SUITE | {"query": "a", "measures": "b"}], "'query' or 'measures', not both"),
        ([SUITE | {"query": "select 1 from {u}"}], r"\{u\} is not a model"),
        ([SUITE | {"query": "select * from {t} -- why where a = 1"}], "'--' hides what follows"),
        ([SUITE | {"expectations": [CHECK | {"severity": "fatal"}]}], "severity 'fatal'"),
        ([SUITE | {"expectations": [CHECK | {"message": ""}]}], "'message' is missing"),
        ([SUITE | {"expectations": [CHECK, CHECK]}], "'c' is there twice"),
        ([SUITE | {"expectations": [CHECK | {"previous": {"at_most": 2}}]}], "'previous' works in"),
        (
            [SUITE | {"measures": "a", "expectations": [CHECK | {"previous": {"atmost": 2}}]}],
            "unknown key 'atmost'",
        ),
    ],
)
def test_a_wrong_suite_is_refused(suites: list[dict[str, Any]], message: str) -> None:
    with pytest.raises(GateConfigError, match=message):
        read_suites("gate_staging", suites, {"t": "t"})


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"expectation": "ExpectNothing"}, "not an expectation of Great Expectations"),
        ({"kwargs": {"column": "a", "max_value": 1, "maxx": 2}}, "kwargs of .* refused"),
        ({"kwargs": {"column": "b", "max_value": 1}}, "no measure 'b'; expected one of a"),
    ],
)
def test_a_wrong_expectation_is_refused(
    connection: duckdb.DuckDBPyConnection, change: dict[str, Any], message: str
) -> None:
    suites = [SUITE | {"measures": "select 1 as a", "expectations": [CHECK | change]}]
    with pytest.raises(GateConfigError, match=message):
        run(connection, suites, ["t"])


@pytest.mark.parametrize("measures", ["select unnest([1, 2]) as a", "select 'x' as a"])
def test_measures_are_one_row_of_numbers(
    connection: duckdb.DuckDBPyConnection, measures: str
) -> None:
    with pytest.raises(GateConfigError, match=r"'measures' gave 2 rows|must be a number"):
        run(connection, [SUITE | {"measures": measures}], ["t"])
