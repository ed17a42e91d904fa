"""Every mistake in what is expected of a segment is refused; what can be meant is accepted."""

from typing import Any

import pytest

from winback.segments.expectations import expectations

from .compiler import Compiled, compile_rules

CHECKS = "contacts, share_of_parent, monthly_jaccard, flap_rate, predictive"
PREDICTIVE = {"outcome": "order", "within_days": 90, "at_least": 0.3}

ACCEPTED: dict[str, Any] = {
    "all checks": {
        "contacts": [10, 500],
        "share_of_parent": [0.1, 0.4],
        "monthly_jaccard": 0.7,
        "flap_rate": 0.1,
        "predictive": PREDICTIVE,
        "severity": "critical",
    },
    "open below": {"contacts": [None, 500]},
    "open above": {"share_of_parent": [0.5, None]},
    "one value": {"contacts": [7, 7]},
    "whole shares": {"monthly_jaccard": 1, "flap_rate": 0},
    "another outcome": {"predictive": PREDICTIVE | {"outcome": "unsubscribe"}},
    "bought again": {"predictive": PREDICTIVE | {"outcome": "repurchase", "at_least": 0.8}},
}

# id -> what is expected, and what the message must say, word for word
REFUSED: dict[str, tuple[Any, str]] = {
    "no mapping": (
        [0.1, 0.4],
        f"vip.expect: a mapping expected, found a list of 2; accepted: {CHECKS}, severity",
    ),
    "empty": (None, "vip.expect: a mapping expected, found nothing; accepted: contacts, "),
    "unknown key": (
        {"contact": [1, 2]},
        f"vip.expect.contact: unknown key; accepted: {CHECKS}, severity",
    ),
    "nothing expected": (
        {"severity": "critical"},
        f"vip.expect: nothing is expected; at least one of {CHECKS} expected",
    ),
    "severity": (
        {"flap_rate": 0.1, "severity": "error"},
        "vip.expect.severity: found 'error'; accepted: critical, warning",
    ),
    "one bound": (
        {"contacts": 10},
        "vip.expect.contacts: two values, low and high (null where open), expected, found 10",
    ),
    "three bounds": (
        {"contacts": [1, 2, 3]},
        "vip.expect.contacts: two values, low and high (null where open), expected, found a list",
    ),
    "no bound": (
        {"share_of_parent": [None, None]},
        "vip.expect.share_of_parent: low or high expected, found neither",
    ),
    "half a contact": (
        {"contacts": [0.5, None]},
        "vip.expect.contacts[0]: a whole number of contacts, 0 or more, expected, found 0.5",
    ),
    "fewer than none": (
        {"contacts": [None, -1]},
        "vip.expect.contacts[1]: a whole number of contacts, 0 or more, expected, found -1",
    ),
    "true for a number": (
        {"contacts": [True, None]},
        "vip.expect.contacts[0]: a whole number of contacts, 0 or more, expected, found true",
    ),
    "contacts the wrong way round": (
        {"contacts": [9, 3]},
        "vip.expect.contacts: low before high expected, found 9 and 3",
    ),
    "percent for a share": (
        {"share_of_parent": [None, 40]},
        "vip.expect.share_of_parent[1]: a share from 0 to 1 expected, found 40",
    ),
    "text for a share": (
        {"share_of_parent": ["10%", None]},
        "vip.expect.share_of_parent[0]: a share from 0 to 1 expected, found '10%'",
    ),
    "shares the wrong way round": (
        {"share_of_parent": [0.4, 0.1]},
        "vip.expect.share_of_parent: low before high expected, found 0.4 and 0.1",
    ),
    "jaccard": (
        {"monthly_jaccard": 70},
        "vip.expect.monthly_jaccard: a share from 0 to 1 expected, found 70",
    ),
    "flap rate": (
        {"flap_rate": None},
        "vip.expect.flap_rate: a share from 0 to 1 expected, found nothing",
    ),
    "not a number": (
        {"flap_rate": float("nan")},
        "vip.expect.flap_rate: a share from 0 to 1 expected, found nan",
    ),
    "predictive as a number": (
        {"predictive": 0.3},
        "vip.expect.predictive: a mapping with outcome, within_days, at_least expected, found 0.3",
    ),
    "unknown key of predictive": (
        {"predictive": PREDICTIVE | {"at_most": 0.9}},
        "vip.expect.predictive.at_most: unknown key; accepted: outcome, within_days, at_least",
    ),
    "unknown outcome": (
        {"predictive": PREDICTIVE | {"outcome": "purchase"}},
        "vip.expect.predictive.outcome: found 'purchase'; accepted: order, repurchase, click, open,"
        " session, unsubscribe, complaint",
    ),
    "no outcome": (
        {"predictive": {"within_days": 90, "at_least": 0.3}},
        "vip.expect.predictive.outcome: found nothing; accepted: order, ",
    ),
    "no days": (
        {"predictive": PREDICTIVE | {"within_days": 0}},
        "vip.expect.predictive.within_days: a whole number of days, 1 to 730, expected, found 0",
    ),
    "all of them": (
        {"predictive": PREDICTIVE | {"at_least": 1}},
        "vip.expect.predictive.at_least: below 1 expected, found 1: no number of members proves",
    ),
    "no share": (
        {"predictive": {"outcome": "order", "within_days": 90}},
        "vip.expect.predictive.at_least: a share from 0 to 1 expected, found nothing",
    ),
}


def vip(expect: Any) -> list[dict[str, Any]]:
    return [{"name": "vip", "where": {"field": "age", "gt": 3}, "expect": expect}]


@pytest.fixture(scope="module")
def compiled() -> dict[str, Compiled]:
    """All cases by their names."""
    cases = {name: vip(expect) for name, expect in ACCEPTED.items()}
    cases |= {name: vip(expect) for name, (expect, _) in REFUSED.items()}
    return dict(zip(cases, compile_rules(list(cases.values())), strict=True))


@pytest.mark.parametrize("case", ACCEPTED)
def test_what_can_be_expected_is_accepted(case: str, compiled: dict[str, Compiled]) -> None:
    assert compiled[case].errors == []


@pytest.mark.parametrize("case", REFUSED)
def test_mistake_is_refused(case: str, compiled: dict[str, Compiled]) -> None:
    (error,) = compiled[case].errors
    assert error.startswith(REFUSED[case][1]), error


def test_all_mistakes_are_told_at_once() -> None:
    expect = {
        "contacts": [1],
        "flap_rate": 2,
        "predictive": {"outcome": "x", "within_days": 1.5, "at_least": -1},
        "severity": "none",
    }
    (result,) = compile_rules([vip(expect)])
    assert [error.split(":")[0] for error in result.errors] == [
        "vip.expect.severity",
        "vip.expect.contacts",
        "vip.expect.flap_rate",
        "vip.expect.predictive.outcome",
        "vip.expect.predictive.within_days",
        "vip.expect.predictive.at_least",
    ]


def test_bounds_in_words() -> None:
    found = expectations(vip(ACCEPTED["all checks"]) + vip({"contacts": [None, 500]}))
    assert [(each.check, each.low, each.high, each.expected) for each in found] == [
        ("contacts", 10, 500, "10 to 500"),
        ("share_of_parent", 0.1, 0.4, "10% to 40%"),
        ("monthly_jaccard", 0.7, None, "at least 70%"),
        ("flap_rate", None, 0.1, "at most 10%"),
        ("predictive", 0.3, None, "at least 30%"),
        ("contacts", None, 500, "at most 500"),
    ]
