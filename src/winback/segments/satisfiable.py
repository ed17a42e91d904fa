"""Whether a rule can match anybody at all.

A rule is taken apart into clauses (any of: all of). A clause is impossible when no value of some
column passes all that it asks of that column; the values tried are null and one of each stretch
between the limits that the clause names. What cannot be decided like this counts as possible: a
rule that is called impossible is.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import cache
from itertools import pairwise
from typing import Any

import duckdb

from winback.segments.dialects import Warehouse
from winback.segments.leaves import Compiler, decided, joined, negated, written
from winback.segments.rules import canonical
from winback.segments.vocabulary import Column, Vocabulary

Literal = tuple[str, bool]  # a condition as JSON, and whether it is to hold
Clause = frozenset[Literal]

CLAUSE_LIMIT = 400
_TODAY = date(2024, 2, 29)
# no zone is asked: where the days of moments end is left open
_DIALECT = Warehouse("UTC", "", frozenset())
_COUNTS = ("eq", "ne", "gt", "gte", "lt", "lte", "between")


class TooManyError(Exception):
    """The rule has more clauses than are looked at."""


def can_match(
    condition: Mapping[str, Any],
    rules: Mapping[str, Mapping[str, Any]],
    columns: Mapping[str, Column],
) -> bool:
    """Say whether some contact may match; true where that is not known.

    Args:
        condition: of rules without mistakes.
        rules: all of them by name, for those that the condition speaks of.
        columns: what is known of the columns.
    """
    try:
        clauses = _clauses(condition, True, rules)
    except TooManyError:
        return True
    return any(_is_possible(clause, rules, columns) for clause in clauses)


def membership(rule: Mapping[str, Any]) -> dict[str, Any]:
    """What holds for every member of a segment: its own rule, and its parent."""
    parts = [rule["where"]] if rule.get("where") is not None else []
    if rule.get("parent") is not None:
        parts.append({"segment": rule["parent"]})
    return {"all": parts}


def _clauses(
    condition: Mapping[str, Any], is_wanted: bool, rules: Mapping[str, Mapping[str, Any]]
) -> list[Clause]:
    if "not" in condition:
        return _clauses(condition["not"], not is_wanted, rules)
    if "all" in condition or "any" in condition:
        parts = condition.get("all", condition.get("any", []))
        below = [_clauses(part, is_wanted, rules) for part in parts]
        if ("all" in condition) == is_wanted:
            return _product(below)
        return _limited([clause for clauses in below for clause in clauses])
    literal = frozenset({(canonical(condition), is_wanted)})
    if "segment" in condition and is_wanted:
        # members of a segment match its rule; who is not in it may be so for other reasons too
        return _product([[literal], _clauses(membership(rules[condition["segment"]]), True, rules)])
    return [literal]


def _product(lists: Iterable[list[Clause]]) -> list[Clause]:
    found: list[Clause] = [frozenset()]
    for clauses in lists:
        found = _limited([one | other for one in found for other in clauses])
    return found


def _limited(clauses: list[Clause]) -> list[Clause]:
    if len(clauses) > CLAUSE_LIMIT:
        raise TooManyError
    return clauses


def _is_possible(
    clause: Clause, rules: Mapping[str, Mapping[str, Any]], columns: Mapping[str, Column]
) -> bool:
    if any((text, not is_wanted) in clause for text, is_wanted in clause):
        return False
    by_subject: dict[str, list[tuple[dict[str, Any], bool]]] = {}
    segments = []
    for text, is_wanted in clause:
        leaf = json.loads(text)
        if "segment" in leaf:
            if is_wanted:
                segments.append(rules[leaf["segment"]])
        elif "sql" not in leaf:
            subject, plain = _on_subject(leaf)
            by_subject.setdefault(subject, []).append((plain, is_wanted))
    if any(_exclude_each_other(one, other) for one in segments for other in segments):
        return False
    return all(
        _has_value(asked, subject.startswith("{"), columns.get(subject))
        for subject, asked in by_subject.items()
    )


def _on_subject(leaf: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """What a leaf looks at, and the leaf as one about the field `value`."""
    if "field" in leaf:
        return leaf["field"], leaf | {"field": "value"}
    asked = {key: leaf[key] for key in (*_COUNTS, "missing") if key in leaf}
    counted = {key: value for key, value in leaf.items() if key not in asked}
    return canonical(counted), asked | {"field": "value"}


def _exclude_each_other(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    return (
        one["name"] != other["name"]
        and one.get("parent") == other.get("parent")
        and all(
            rule.get("exclusive") is True or rule.get("otherwise") is True for rule in (one, other)
        )
    )


def _has_value(
    asked: Sequence[tuple[dict[str, Any], bool]], is_count: bool, column: Column | None
) -> bool:
    """Whether a value, or null, passes all that is asked of one column."""
    operators = {key for leaf, _ in asked for key in leaf} - {"field", "missing"}
    is_listed = any(is_wanted and {"eq", "in"} & set(leaf) for leaf, is_wanted in asked)
    if operators & {"contains", "starts_with"} and not is_listed:
        return True  # which texts there are is known only where they are named
    is_age = bool(operators & {"within_days", "older_than_days"})
    named = [value for leaf, _ in asked for value in _named_values(leaf)]
    if is_age and any(not isinstance(value, int) for value in named):
        return True  # days before the date and days of the calendar do not compare
    if len({len(value) == len("2026-06-30") for value in named if isinstance(value, str)}) > 1:
        return True  # where the days of moments end is a matter of the zone
    is_whole = is_count is False and column is not None and column.is_whole
    return _passes(asked, _candidates(named, is_age, is_whole, is_count))


def _passes(asked: Sequence[tuple[dict[str, Any], bool]], values: Sequence[Any]) -> bool:
    """Whether one of some values, null among them, passes all that is asked of the column."""
    by_kind: dict[str, list[Any]] = {}
    for value in values:
        by_kind.setdefault(_kind(value), []).append(value)
    nothing = by_kind.pop("null", [])
    for kind, known in by_kind.items():
        compiler = Compiler(Vocabulary({"value": kind}), _DIALECT, str)
        parts = [
            decided(compiler.leaf(leaf)) if is_wanted else negated(compiler.leaf(leaf))
            for leaf, is_wanted in asked
        ]
        rows = ", ".join(
            f"({'null' if value is None else _DIALECT.literal(value, kind)}, date '{_TODAY}')"
            for value in [*known, *nothing]
        )
        if _count(
            f"select count(*) from (values {rows}) as tried (value, as_of_date)"
            f" where {written(joined('and', parts), '')}"
        ):
            return True
    return False


def _kind(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int | float):
        return "number"
    if isinstance(value, datetime):
        return "timestamp"
    return "date" if isinstance(value, date) else "text"


@cache
def _count(sql: str) -> int:
    return int(_engine().execute(sql).fetchall()[0][0])


@cache
def _engine() -> duckdb.DuckDBPyConnection:
    return duckdb.connect(config={"threads": 1})


def _named_values(leaf: Mapping[str, Any]) -> list[Any]:
    found = []
    for key, value in leaf.items():
        if key in ("field", "missing", "is_null"):
            continue
        found += value if isinstance(value, list) else [value]
    return found


def _candidates(named: list[Any], is_age: bool, is_whole: bool, is_count: bool) -> list[Any]:
    """Null, and a value of each stretch between those that are named."""
    if is_age:
        days = {0, -1} | {value + step for value in named for step in (-1, 0, 1)}
        return [None, *(_TODAY - timedelta(days=day) for day in days)]
    if any(isinstance(value, bool) for value in named):
        return [None, True, False]
    if named and all(isinstance(value, int | float) for value in named):
        return [None, *_numbers(named, is_whole, is_count)]
    if named and all(isinstance(value, str) for value in named):
        return [None, *_texts_and_days(named)]
    return [None, "some text", 1, _TODAY] if not named else [None]


def _numbers(named: list[Any], is_whole: bool, is_count: bool) -> list[float]:
    ordered = sorted(set(named))
    found = {ordered[0] - 1, ordered[-1] + 1, *ordered}
    if is_whole:
        found = {int(value) + step for value in found for step in (-1, 0, 1)}
    else:
        found |= {(low + high) / 2 for low, high in pairwise(ordered)}
    if is_count:
        found = {value for value in found if value >= 0} | {0}
    return sorted(found)


def _texts_and_days(named: list[str]) -> list[Any]:
    """Texts as they are and one that nobody names; where all are days or times, these too, with
    what lies around each."""
    found: list[Any] = [*named, "".join(named) + "~"]
    try:
        times = [datetime.fromisoformat(text.rstrip("Z")) for text in named]
    except ValueError:
        return found
    around = sorted({time + timedelta(seconds=step) for time in times for step in (-1, 0, 1)})
    around += [time + timedelta(days=step) for time in times for step in (-1, 1)]
    # a day is compared with a date, a moment with a time: whichever the column is
    if all(len(text) == len("2026-06-30") for text in named):
        return [time.date() for time in around]
    return list(around)
