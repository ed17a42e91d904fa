"""The rule language as a slow interpreter: one contact at a time, nothing compiled, nothing shared.

What `docs/segments.md` says, written a second time and in the plainest way, so that the compiler of
`macros/segments` has something to be compared with. A row is a mapping of column to value: text,
number, bool, date, datetime (UTC) or None; `as_of_date` is a date.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

Row = Mapping[str, Any]
Condition = Mapping[str, Any]
Rule = Mapping[str, Any]

EVENT_COLUMNS = {
    "open": "human_opens",
    "click": "human_clicks",
    "order": "orders",
    "session": "sessions",
    "sent": "sends",
}
_KEYS_BESIDE = {"field", "event", "missing"}


def evaluate(rules: Sequence[Rule], row: Row, timezone: str = "UTC") -> dict[str, bool]:
    """Say of every segment whether the contact is in it.

    Args:
        rules: the list of `segments.yml`, without mistakes.
        row: one row of `int_contact_features`.
        timezone: zone whose days are meant, var `timezone`.
    """
    by_name = {rule["name"]: rule for rule in rules}
    known: dict[str, bool] = {}

    def is_match(rule: Rule) -> bool:
        return "where" not in rule or holds(rule["where"], row, is_member, timezone)

    def is_member(name: str) -> bool:
        if name not in known:
            rule = by_name[name]
            parent = rule.get("parent")
            known[name] = (
                (parent is None or is_member(parent))
                and not any(is_match(other) for other in _tried_before(rule, rules))
                and is_match(rule)
            )
        return known[name]

    return {name: is_member(name) for name in by_name}


def holds(
    condition: Condition,
    row: Row,
    is_member: Callable[[str], bool],
    timezone: str = "UTC",
) -> bool:
    """Say whether a condition holds for a row; `is_member` answers for the segments it names."""
    if "all" in condition:
        return all(holds(part, row, is_member, timezone) for part in condition["all"])
    if "any" in condition:
        return any(holds(part, row, is_member, timezone) for part in condition["any"])
    if "not" in condition:
        return not holds(condition["not"], row, is_member, timezone)
    if "segment" in condition:
        return is_member(condition["segment"])
    return _leaf_holds(condition, row, ZoneInfo(timezone))


def _is_exclusive(rule: Rule) -> bool:
    return rule.get("exclusive") is True or rule.get("otherwise") is True


def _tried_before(rule: Rule, rules: Sequence[Rule]) -> list[Rule]:
    """The exclusive siblings that come first: those above in the file; for the rest, all."""
    if not _is_exclusive(rule):
        return []
    siblings = [
        other
        for other in rules
        if _is_exclusive(other)
        and other.get("parent") == rule.get("parent")
        and other.get("otherwise") is not True
    ]
    if rule.get("otherwise") is True:
        return siblings
    return siblings[: siblings.index(rule)]


def _leaf_holds(leaf: Condition, row: Row, zone: ZoneInfo) -> bool:
    column = leaf.get("field")
    operators = [key for key in leaf if key not in _KEYS_BESIDE]
    if column is None:
        column = f"{EVENT_COLUMNS[leaf['event']]}_{leaf['within_days']}d"
        operators.remove("within_days")
    (operator,) = operators
    value, wanted = row[column], leaf[operator]
    if operator == "is_null":
        return (value is None) is wanted
    if value is None:
        return bool(leaf.get("missing", False))
    return _compare(operator, value, wanted, row["as_of_date"], zone)


def _compare(operator: str, value: Any, wanted: Any, as_of_date: date, zone: ZoneInfo) -> bool:
    if operator in ("within_days", "older_than_days"):
        age = (as_of_date - _day(value, zone)).days
        return bool(0 <= age < wanted if operator == "within_days" else age >= wanted)
    if operator == "contains":
        return bool(wanted in value)
    if operator == "starts_with":
        return bool(value.startswith(wanted))
    many = list(wanted) if operator in ("in", "not_in", "between") else [wanted]
    if isinstance(value, datetime):
        if len(str(many[0])) == len("2026-06-30"):
            value = _day(value, zone)
            many = [date.fromisoformat(str(item)) for item in many]
        else:
            many = [datetime.fromisoformat(str(item).rstrip("Z")) for item in many]
    elif isinstance(value, date):
        many = [date.fromisoformat(str(item)) for item in many]
    first = many[0]
    if operator == "between":
        return bool(first <= value <= many[1])
    if operator == "in":
        return bool(value in many)
    if operator == "not_in":
        return bool(value not in many)
    if operator == "eq":
        return bool(value == first)
    if operator == "ne":
        return bool(value != first)
    if operator == "gt":
        return bool(value > first)
    if operator == "gte":
        return bool(value >= first)
    if operator == "lt":
        return bool(value < first)
    if operator == "lte":
        return bool(value <= first)
    raise ValueError(f"unknown operator {operator!r}")


def _day(value: date, zone: ZoneInfo) -> date:
    """The day of a UTC time in a zone; a date is a day already."""
    if isinstance(value, datetime):
        return value.replace(tzinfo=ZoneInfo("UTC")).astimezone(zone).date()
    return value
