"""Data Docs and the list of failures: what failed, and nobody's data."""

from datetime import timedelta
from pathlib import Path

import duckdb
import pytest

from winback.gates import check_gate, failures
from winback.gates.results import as_table

from .conftest import RUN

SUITES = [
    {
        "suite": "people",
        "model": "t",
        "expectations": [
            {
                "name": "known_addresses",
                "expectation": "ExpectColumnValuesToBeInSet",
                "kwargs": {"column": "email", "value_set": ["nobody"]},
                "severity": "critical",
                "says": "Everybody is known.",
                "message": "{count} contacts are not known.",
            },
            {
                "name": "no_threes",
                "expectation": "UnexpectedRowsExpectation",
                "kwargs": {"unexpected_rows_query": "select * from {batch} where email like '%3%'"},
                "says": "s",
                "message": "{count} threes.",
            },
            {
                "name": "listed_addresses",
                "expectation": "ExpectColumnDistinctValuesToBeInSet",
                "kwargs": {"column": "email", "value_set": ["nobody"]},
                "says": "s",
                "message": "m",
            },
        ],
    }
]


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "w.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute(
            "create table t as select 'reader' || range || '@secret.example' as email"
            " from range(10)"
        )
        for number, gate in enumerate(("gate_marts", "gate_staging")):
            results = check_gate(
                connection,
                gate,
                {"t": "t"},
                SUITES,
                evaluated_at=RUN + timedelta(days=number),
                docs=tmp_path / "data_docs",
            )
            rows = as_table(results)
            assert rows.num_rows == 3
            connection.execute(f"create table {gate} as select * from rows")
    return path


def test_pages_hold_no_value_of_the_data(database: Path) -> None:
    pages = list((database.parent / "data_docs").rglob("*.*"))
    assert {page.name for page in pages} == {"index.html", "people.html", "results.json"}
    for page in pages:
        text = page.read_text(encoding="utf-8")
        assert "secret.example" not in text, page
        assert "reader" not in text, page


def test_pages_fetch_nothing(database: Path) -> None:
    for page in (database.parent / "data_docs").rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        assert "<script" not in text
        assert "<link" not in text
        assert "src=" not in text


def test_the_index_says_what_failed(database: Path) -> None:
    text = (database.parent / "data_docs" / "index.html").read_text(encoding="utf-8")
    assert "10 contacts are not known." in text
    assert "stops the run" in text
    assert text.index("gate_staging") < text.index("gate_marts")


def test_no_result_holds_a_value_of_the_data(database: Path) -> None:
    with duckdb.connect(str(database), read_only=True) as connection:
        rows = connection.execute("from gate_staging").fetchall()
    assert len(rows) == 3
    assert "secret" not in str(rows)


def test_failures_are_those_of_the_latest_run(database: Path) -> None:
    failed = failures(database)
    assert [(row["gate"], row["check_name"], row["severity"]) for row in failed] == [
        ("gate_staging", "known_addresses", "critical"),
        ("gate_staging", "listed_addresses", "warning"),
        ("gate_staging", "no_threes", "warning"),
    ]
    assert failed[0]["message"] == "10 contacts are not known."


def test_failures_of_a_database_without_gates(tmp_path: Path) -> None:
    path = tmp_path / "empty.duckdb"
    duckdb.connect(str(path)).close()
    assert failures(path) == []
