"""What a gate checks, read from ``config: meta: suites:`` of the gate's model.

A suite looks at one relation:

- ``model: m``: the rows of a table;
- ``model: m`` and ``query: …``: the rows of a query over it;
- ``model: m`` and ``measures: …``: one row of figures. The query runs once; a figure that is null
  (a signal that was never collected) is passed over: nothing to check is not a failure.

Queries name tables by ``{name}``; only models the gate refs can be named.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

SEVERITIES = ("critical", "warning")
SUITE_KEYS = {"suite", "model", "query", "measures", "subject", "expectations"}
CHECK_KEYS = {
    "name",
    "expectation",
    "kwargs",
    "severity",
    "says",
    "message",
    "previous",
}
# bounds as multiples of the value before, and as differences from it; below `floor` nothing is
# compared; `own` names the measure that holds the same figure of the data's own past
PREVIOUS_KEYS = {"at_least", "at_most", "down_by", "up_by", "floor", "own"}
_PLACEHOLDER = re.compile(r"\{(\w+)\}")


class GateConfigError(ValueError):
    """The YAML of a gate is wrong; the message says where and what was expected."""


@dataclass(frozen=True)
class Check:
    """One expectation: what is expected, how bad it is when it is not met, and how to say so."""

    name: str
    expectation: str
    kwargs: dict[str, Any]
    severity: str
    says: str
    message: str
    # what the value seen before the latest load allows, see PREVIOUS_KEYS; none: no such comparison
    previous: dict[str, float] = field(default_factory=dict)
    # measure with the same figure in the data's own past; none where there is no such measure
    own: str | None = None


@dataclass(frozen=True)
class Suite:
    """Expectations over one relation."""

    name: str
    model: str
    sql: str
    is_measures: bool
    # column that names the thing that failed (a file, a system); never a personal one
    subject: str | None
    checks: tuple[Check, ...]


def _refuse_unknown(place: str, given: Mapping[str, Any], known: set[str]) -> None:
    unknown = sorted(set(given) - known)
    if unknown:
        raise GateConfigError(
            f"{place}: unknown key {unknown[0]!r}; expected one of {', '.join(sorted(known))}."
        )


def _text(place: str, given: Mapping[str, Any], key: str) -> str:
    value = given.get(key)
    if not isinstance(value, str) or not value.strip():
        raise GateConfigError(f"{place}: {key!r} is missing; expected a text.")
    return value.strip()


def with_tables(place: str, sql: str, tables: Mapping[str, str]) -> str:
    """Put relation names in the place of ``{name}``; refuse a table the gate does not ref."""

    def relation(match: re.Match[str]) -> str:
        name = match.group(1)
        if name not in tables:
            raise GateConfigError(
                f"{place}: {{{name}}} is not a model this gate refs; "
                f"expected one of {', '.join(sorted(tables))}."
            )
        return tables[name]

    return _PLACEHOLDER.sub(relation, sql).strip().rstrip(";")


def _read_check(place: str, given: Mapping[str, Any], is_measures: bool) -> Check:
    _refuse_unknown(place, given, CHECK_KEYS)
    name = _text(place, given, "name")
    place = f"{place} {name!r}"
    severity = given.get("severity", "warning")
    if severity not in SEVERITIES:
        raise GateConfigError(
            f"{place}: severity {severity!r}; expected one of {', '.join(SEVERITIES)}."
        )
    kwargs = dict(given.get("kwargs") or {})
    bounds = dict(given.get("previous") or {})
    own = bounds.pop("own", None)
    previous = {key: float(value) for key, value in bounds.items()}
    if previous or own:
        _refuse_unknown(f"{place} previous", previous, PREVIOUS_KEYS)
        if not is_measures:
            raise GateConfigError(f"{place}: 'previous' works in suites with 'measures' only.")
    if is_measures and not kwargs.get("column"):
        raise GateConfigError(f"{place}: kwargs need the 'column' of the measure.")
    return Check(
        name=name,
        expectation=_text(place, given, "expectation"),
        kwargs=kwargs,
        severity=severity,
        says=_text(place, given, "says"),
        message=_text(place, given, "message"),
        previous=previous,
        own=own,
    )


def read_suites(
    gate: str, given: Sequence[Mapping[str, Any]], tables: Mapping[str, str]
) -> list[Suite]:
    """Read the suites of a gate.

    Args:
        gate: name of the gate, for error messages.
        given: the list under ``config: meta: suites:``.
        tables: name of each model the gate refs → its relation in the database.

    Raises:
        GateConfigError: naming the suite, the expectation and what was expected.
    """
    if not given:
        raise GateConfigError(f"{gate}: no suites under config: meta: suites; expected a list.")
    suites: list[Suite] = []
    seen: set[str] = set()
    for number, entry in enumerate(given, start=1):
        place = f"{gate}, suite {entry.get('suite', number)!r}"
        _refuse_unknown(place, entry, SUITE_KEYS)
        model = _text(place, entry, "model")
        if model not in tables:
            raise GateConfigError(
                f"{place}: {model!r} is not a model this gate refs; "
                f"expected one of {', '.join(sorted(tables))}."
            )
        if entry.get("query") and entry.get("measures"):
            raise GateConfigError(f"{place}: give 'query' or 'measures', not both.")
        is_measures = bool(entry.get("measures"))
        sql = entry.get("measures") or entry.get("query") or f"select * from {{{model}}}"
        if "--" in sql.strip().splitlines()[-1]:
            raise GateConfigError(
                f"{place}: '--' hides what follows, and `>` folds all of it into one line;"
                " comment in YAML, by '#'."
            )
        checks = tuple(
            _read_check(f"{place}, expectation", check, is_measures)
            for check in entry.get("expectations") or []
        )
        for check in checks:
            if check.name in seen:
                raise GateConfigError(f"{place}: expectation {check.name!r} is there twice.")
            seen.add(check.name)
        suites.append(
            Suite(
                name=_text(place, entry, "suite"),
                model=model,
                sql=with_tables(place, sql, tables),
                is_measures=is_measures,
                subject=entry.get("subject"),
                checks=checks,
            )
        )
    return suites
