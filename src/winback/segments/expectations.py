"""`expect:` of a segment, what must hold of it besides its rule: mistakes in it, and its checks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from winback.segments.conditions import unknown_keys
from winback.segments.tree import Rule, label_of
from winback.segments.values import is_number, is_whole, shown

CHECKS = ("contacts", "share_of_parent", "monthly_jaccard", "flap_rate", "predictive")
# those that look at the past
PAST_CHECKS = ("monthly_jaccard", "flap_rate", "predictive")
OUTCOMES = ("order", "repurchase", "click", "open", "session", "unsubscribe", "complaint")
_PREDICTIVE_KEYS = ("outcome", "within_days", "at_least")
_MOST_DAYS = 730


@dataclass(frozen=True)
class Expectation:
    """One check of one segment; bounds are None where open."""

    segment: str
    label: str
    check: str
    severity: str
    low: float | None
    high: float | None
    expected: str
    outcome: str | None
    days: int | None


def expectations(rules: Sequence[Rule]) -> Iterator[Expectation]:
    """Every check that rules without mistakes ask for."""
    for rule in rules:
        expect = rule.get("expect") or {}
        for check in CHECKS:
            if check not in expect:
                continue
            value = expect[check]
            low = high = outcome = days = None
            if check in ("contacts", "share_of_parent"):
                low, high = value
            elif check == "monthly_jaccard":
                low = value
            elif check == "flap_rate":
                high = value
            else:
                low, outcome, days = value["at_least"], value["outcome"], value["within_days"]
            yield Expectation(
                segment=rule["name"],
                label=label_of(rule, "en"),
                check=check,
                severity=expect.get("severity", "warning"),
                low=low,
                high=high,
                expected=_in_words(low, high, is_share=check != "contacts"),
                outcome=outcome,
                days=days,
            )


def _in_words(low: float | None, high: float | None, is_share: bool) -> str:
    texts = [
        f"{round(bound * 100, 6):.10g}%" if is_share else str(bound)
        for bound in (low, high)
        if bound is not None
    ]
    if low is None:
        return f"at most {texts[0]}"
    return f"at least {texts[0]}" if high is None else " to ".join(texts)


def expectation_mistakes(rule: Rule) -> Iterator[str]:
    """Say everything that is wrong with what is expected of a segment."""
    if "expect" not in rule:
        return
    expect, path = rule["expect"], f"{rule['name']}.expect"
    if not isinstance(expect, Mapping):
        yield (
            f"{path}: a mapping expected, found {shown(expect)}; accepted: {', '.join(CHECKS)},"
            " severity"
        )
        return
    unknown = list(unknown_keys(expect, (*CHECKS, "severity"), path))
    yield from unknown
    if not unknown and not set(CHECKS) & set(expect):
        yield f"{path}: nothing is expected; at least one of {', '.join(CHECKS)} expected"
    if "severity" in expect and expect["severity"] not in ("critical", "warning"):
        yield (f"{path}.severity: found {shown(expect['severity'])}; accepted: critical, warning")
    for check in ("contacts", "share_of_parent"):
        if check in expect:
            yield from _range_mistakes(expect[check], check == "contacts", f"{path}.{check}")
    for check in ("monthly_jaccard", "flap_rate"):
        if check in expect:
            yield from _bound_mistakes(expect[check], False, f"{path}.{check}")
    if "predictive" in expect:
        yield from _predictive_mistakes(expect["predictive"], f"{path}.predictive")


def _bound_mistakes(value: Any, is_count: bool, path: str) -> Iterator[str]:
    """A number of contacts, or a share from 0 to 1."""
    if is_count and not (is_whole(value) and value >= 0):
        yield f"{path}: a whole number of contacts, 0 or more, expected, found {shown(value)}"
    elif not is_count and not (is_number(value) and 0 <= value <= 1):
        yield f"{path}: a share from 0 to 1 expected, found {shown(value)}"


def _range_mistakes(value: Any, is_count: bool, path: str) -> Iterator[str]:
    """[low, high], one of which may be null."""
    if not isinstance(value, list) or len(value) != 2:
        yield (
            f"{path}: two values, low and high (null where open), expected, found {shown(value)}"
        )
        return
    low, high = value
    if low is None and high is None:
        yield f"{path}: low or high expected, found neither"
        return
    wrong = [
        mistake
        for number, bound in enumerate(value)
        if bound is not None
        for mistake in _bound_mistakes(bound, is_count, f"{path}[{number}]")
    ]
    yield from wrong
    if not wrong and low is not None and high is not None and low > high:
        yield f"{path}: low before high expected, found {low} and {high}"


def _predictive_mistakes(value: Any, path: str) -> Iterator[str]:
    if not isinstance(value, Mapping):
        yield (
            f"{path}: a mapping with {', '.join(_PREDICTIVE_KEYS)} expected, found {shown(value)}"
        )
        return
    yield from unknown_keys(value, _PREDICTIVE_KEYS, path)
    if value.get("outcome") not in OUTCOMES:
        yield (
            f"{path}.outcome: found {shown(value.get('outcome'))}; accepted: {', '.join(OUTCOMES)}"
        )
    days = value.get("within_days")
    if not is_whole(days) or not 1 <= days <= _MOST_DAYS:
        yield (
            f"{path}.within_days: a whole number of days, 1 to {_MOST_DAYS}, expected, found"
            f" {shown(days)}"
        )
    share = value.get("at_least")
    yield from _bound_mistakes(share, False, f"{path}.at_least")
    if is_number(share) and share == 1:
        yield (
            f"{path}.at_least: below 1 expected, found 1: no number of members proves that all do"
        )
