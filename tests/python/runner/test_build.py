"""What a failed build says, and what it must not say."""

from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest

from winback.build import _summarise
from winback.errors import UserError
from winback.run import read_vars


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


def test_no_address_gets_out() -> None:
    message = "Could not convert string 'jane.doe+x@example.org' to DATE"
    result = _summarise(_Outcome([_node("a", "error", message)], success=False))
    assert result.failures == ["a: Could not convert string '<address>' to DATE"]


def test_a_failure_before_any_node() -> None:
    assert _summarise(_Outcome(exception=ValueError("no project"))).failures == ["no project"]
    assert not _summarise(_Outcome(success=False)).ok


def test_vars_are_a_mapping() -> None:
    assert read_vars(None) == {}
    assert read_vars("{history_months: 3, hubspot: {timezone: Europe/Paris}}") == {
        "history_months": 3,
        "hubspot": {"timezone": "Europe/Paris"},
    }
    with pytest.raises(UserError, match="names no values"):
        read_vars("latest")
    with pytest.raises(UserError, match="not YAML"):
        read_vars("{a: [}")


def test_a_gate_stops_in_its_own_words() -> None:
    message = (
        "Runtime Error in model gate_staging (models/staging/gate_staging.py)\n"
        "  Invalid Input Error: Stopped at gate_staging: half the lines are gone."
    )
    result = _summarise(_Outcome([_node("gate_staging", "error", message)], success=False))
    assert result.failures == ["gate_staging: Stopped at gate_staging: half the lines are gone."]
