"""What a failed build says, and what it must not say."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from winback.build import _summarise, clean_results


@dataclass
class _Outcome:
    results: list[Any] = field(default_factory=list)
    exception: Exception | None = None
    success: bool = True

    @property
    def result(self) -> Any:
        return SimpleNamespace(results=self.results)


def _node(name: str, status: str, message: str = "") -> Any:
    return SimpleNamespace(node=SimpleNamespace(name=name), status=status, message=message)


def test_counts_and_sentences() -> None:
    result = _summarise(
        _Outcome(
            [
                _node("a", "success"),
                _node("b", "pass"),
                _node("c", "warn", "Got 3 results"),
                _node("d", "error", "Runtime Error in model d\n  no such column\n  LINE 4: x"),
                _node("e", "skipped"),
            ],
            success=False,
        )
    )
    assert (result.succeeded, result.skipped, result.ok) == (2, 1, False)
    assert result.warnings == ["c: Got 3 results"]
    assert result.failures == ["d: Runtime Error in model d no such column"]


@pytest.mark.parametrize(
    ("message", "said"),
    [
        (
            "Could not convert string 'jane.doe+x@example.org' to DATE",
            "Could not convert string '<value>' to DATE",
        ),
        (
            "Runtime Error in model a (models/a.sql)\n"
            "  Conversion Error: Could not convert string 'Schmidt, Anna 1980-02-03' to DATE when"
            " casting from source column x\n\n  LINE 3: select 'Anna'",
            "Runtime Error in model a (models/a.sql)"
            " Conversion Error: Could not convert string '<value>' to DATE",
        ),
        (
            'Invalid Input Error: Could not parse string "Anna O\'Brien" according to format'
            ' specifier "%Y-%m-%d"\nAnna O\'Brien\n^\nError: Full specifier did not match',
            "Invalid Input Error: Could not parse string '<value>'",
        ),
        (
            "Conversion Error: Could not convert string 'Anna\nSchmidt' to INT32",
            "Conversion Error: Could not convert string '<value>' to INT32",
        ),
        (
            "Conversion Error: Type INT64 with value 33612345678 can't be cast",
            "Conversion Error: Type INT64 with value <value> can '<value>'",
        ),
        (
            'Constraint Error: Duplicate key "name: Anna Schmidt" violates unique constraint',
            "Constraint Error: Duplicate key '<value>'",
        ),
        (
            'Binder Error: Referenced column "emial" not found; ask anna@x.example',
            'Binder Error: Referenced column "emial" not found; ask <address>',
        ),
    ],
)
def test_no_value_of_a_row_gets_out(message: str, said: str) -> None:
    result = _summarise(_Outcome([_node("a", "error", message)], success=False))
    assert result.failures == [f"a: {said}"]


def test_no_value_stays_in_the_results_file(tmp_path: Path) -> None:
    path = tmp_path / "run_results.json"
    clean_results(path)
    message = "Conversion Error: Could not convert string 'Anna' to DATE"
    path.write_text(json.dumps({"results": [{"message": message}, {"message": None}], "args": {}}))
    clean_results(path)
    assert json.loads(path.read_text()) == {
        "results": [{"message": message.replace("Anna", "<value>")}, {"message": ""}],
        "args": {},
    }


def test_a_failure_before_any_node() -> None:
    assert _summarise(_Outcome(exception=ValueError("no project"))).failures == ["no project"]
    assert not _summarise(_Outcome(success=False)).ok


def test_a_gate_stops_in_its_own_words() -> None:
    message = (
        "Runtime Error in model gate_staging (models/staging/gate_staging.py)\n"
        "  Invalid Input Error: Stopped at gate_staging: half the lines are gone."
    )
    result = _summarise(_Outcome([_node("gate_staging", "error", message)], success=False))
    assert result.failures == ["gate_staging: Stopped at gate_staging: half the lines are gone."]
