"""What becomes of a leaf's answer if nothing happens: no event, no order, no new profile."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

from winback.segments.dialects import Dialect
from winback.segments.vocabulary import FITTED, Vocabulary

_FALLING = {"engagement_points", "open_frequency_component", "clicks_component"}
_RISING = {"age", "is_inactive", "is_past_legal_max"}
_FIXED = {
    *("contact_id", "first_seen_at", "gender", "country_code", "region", "region_group", "city"),
    *("language", "timezone", "profession", "sector", "preferences", "social_influence_score"),
    *("source_count", "email_tracking_allowed", "is_mailable", "blocking_cause"),
    *("sends_lifetime", "orders_lifetime", "revenue_lifetime", "average_order_value"),
    *("first_order_at", "last_order_at", "engagement_days_lifetime"),
    *("median_days_between_engagements", "median_days_between_orders"),
    *("sends_since_last_engagement", "inactivity_policy", "deciding_signal"),
}
# what lies a century ahead never comes
_NEVER = 36_525


def drift_of(leaf: Mapping[str, Any], column: str, vocabulary: Vocabulary) -> str:
    """How what a leaf reads moves from day to day.

    `fixed`; `clock`, one more each day; `falling` or `rising`, never the other way; `settled` once
    it has a value; `open` where it cannot be told. What is fitted is: the next run fits anew, also
    where nothing happens to the contact.
    """
    if "event" in leaf:
        # counts of a window fall as days leave it; counts of all time stay
        return "fixed" if leaf.get("within_days") is None else "falling"
    if column in vocabulary.custom:
        return "fixed"
    if any(column in group.fields for group in FITTED.values()):
        return "open"
    if column.startswith("days_since_") or column in ("tenure_days", "days_inactive"):
        return "clock"
    if column in _FALLING or re.fullmatch(r"(?!revenue).*_[0-9]+d", column):
        return "falling"
    if column in _RISING:
        return "rising"
    if column == "inactive_since":
        return "settled"
    return "fixed" if column in _FIXED else "open"


def foreseen_when(drift: str, operator: str, value: Any) -> str:
    """When the answers of the days to come are known.

    `always` (they flip at dates that can be told, or never), when the answer is `true` or `false`
    now (it then stays, as a missing value does), when a value is `present`, `never`.
    """
    if drift in ("fixed", "clock"):
        return "always"
    if drift == "settled":
        return "present"
    if drift == "open":
        return "never"
    if operator == "is_null":
        return "always"
    if isinstance(value, bool):
        is_above = value == (operator == "eq")  # as a number, true is above false
    elif operator in ("gt", "gte", "lt", "lte"):
        is_above = operator in ("gt", "gte")
    else:
        return "never"
    return "true" if is_above == (drift == "rising") else "false"


def turns_of(value: Any, operator: str) -> list[int]:
    """The numbers of days at which an answer turns as they grow one by one, in their order."""
    found: list[float] = []
    if operator in ("gt", "lte"):
        found = [math.floor(value) + 1]
    elif operator in ("gte", "lt"):
        found = [math.ceil(value)]
    elif operator == "older_than_days":
        found = [value]
    elif operator == "within_days":
        found = [0, value]
    elif operator == "between":
        low, high = math.ceil(value[0]), math.floor(value[1])
        found = [low, high + 1] if low <= high else []
    elif operator != "is_null":
        # whole numbers alone are ever met; two neighbours are one stretch
        met: set[float] = set()
        for item in dict.fromkeys(value if operator in ("in", "not_in") else [value]):
            if item == item // 1:
                met ^= {item, item + 1}
        found = [*met]
    return [int(turn) for turn in sorted(found) if turn < _NEVER]


def turn_dates(days: str, turns: Sequence[int], as_of: str, dialect: Dialect) -> str:
    """SQL of the dates of the turns that lie ahead, as text with commas between; null when there is
    none. `days` is the SQL of their number now."""
    branches = []
    for place, turn in enumerate(turns):
        dates = " || ',' || ".join(
            f"cast({dialect.days_after(as_of, f'{later} - {days}')} as {dialect.text_type})"
            for later in turns[place:]
        )
        branches.append(f"when {days} < {turn} then {dates}")
    return f"case {' '.join(branches)} end"
