"""The rule language as a slow interpreter: one contact at a time, nothing compiled, nothing shared.

What `docs/segments.md` says, written a second time and in the plainest way, so that the compiler of
`winback.segments` has something to be compared with. A row is a mapping of column to value: text,
number, bool, date, datetime (UTC) or None; `as_of_date` is a date. What event leaves count is in
the row where a feature column counts it, else in the contact's events, each a mapping of

- `event`: a word of `EVENTS`, and `day`, its date in the zone;
- `campaign_type`: of its campaign, or None;
- `signal`: of an open or click: human, unknown, machine, or leave (the unsubscribe link's click).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from itertools import takewhile
from typing import Any, cast
from zoneinfo import ZoneInfo

Row = Mapping[str, Any]
Condition = Mapping[str, Any]
Rule = Mapping[str, Any]

# event -> the feature columns that count it, and the one whose null says it is not collected yet
EVENTS: dict[str, tuple[str | None, str]] = {
    "open": ("human_opens", "human_opens_30d"),
    "click": ("human_clicks", "human_clicks_30d"),
    "order": ("orders", "orders_30d"),
    "session": ("sessions", "sessions_30d"),
    "sent": ("sends", "sends_30d"),
    "delivered": ("deliveries", "human_clicks_30d"),
    "bounce_hard": (None, "human_clicks_30d"),
    "bounce_soft": (None, "human_clicks_30d"),
    "unsubscribe": (None, "human_clicks_30d"),
    "complaint": (None, "human_clicks_30d"),
}
_KEYS_OF_COUNTS = {"within_days", "campaign_type", "signal"}
_KEYS_BESIDE = {"field", "event", "missing"}


def evaluate(
    rules: Sequence[Rule],
    row: Row,
    timezone: str = "UTC",
    events: Iterable[Mapping[str, Any]] = (),
    unknown_open_weight: float = 0,
) -> dict[str, bool]:
    """Say of every segment whether the contact is in it.

    Args:
        rules: the list of `segments.yml`, without mistakes.
        row: one row of `int_contact_features`.
        timezone: zone whose days are meant, var `timezone`.
        events: all the contact ever did or received, as described above.
        unknown_open_weight: what an unknown open counts, seed `signal_weights`.
    """
    row = {**row, "events": list(events), "unknown_open_weight": unknown_open_weight}
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
        if other.get("exclusive") is True
        and other.get("otherwise") is not True
        and other.get("parent") == rule.get("parent")
    ]
    if rule.get("otherwise") is True:
        return siblings
    return list(takewhile(lambda other: other is not rule, siblings))


def _leaf_holds(leaf: Condition, row: Row, zone: ZoneInfo) -> bool:
    (operator,) = set(leaf) - _KEYS_BESIDE - (_KEYS_OF_COUNTS if "event" in leaf else set())
    value, wanted = (_count(leaf, row) if "event" in leaf else row[leaf["field"]]), leaf[operator]
    if operator == "is_null":
        return (value is None) is wanted
    if value is None:
        return bool(leaf.get("missing", False))
    return _compare(operator, value, wanted, row["as_of_date"], zone)


def _count(leaf: Condition, row: Row) -> float | None:
    """How often the contact did or received what the leaf says; None when nobody could know."""
    prefix, known_by = EVENTS[leaf["event"]]
    days, types = leaf.get("within_days"), leaf.get("campaign_type")
    is_any = leaf.get("signal") == "any"
    column = f"{prefix}_lifetime" if days is None else f"{prefix}_{days}d"
    if types is None and not is_any and column in row:
        return cast(float | None, row[column])
    if row[known_by] is None:
        return None
    weights = {None: 1, "human": 1, "unknown": row["unknown_open_weight"]}
    total = 0.0
    for event in row["events"]:
        age = (row["as_of_date"] - event["day"]).days
        if event["event"] != leaf["event"] or age < 0 or (days is not None and age >= days):
            continue
        if types is None or event["campaign_type"] in (
            [types] if isinstance(types, str) else types
        ):
            total += 1 if is_any else weights.get(event["signal"], 0)
    return round(total, 4)


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
