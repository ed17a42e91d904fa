"""The logs of memberships and rules: when they are written, and what a change of a rule changes."""

import hashlib
from datetime import date
from typing import Any

import pytest

from winback.segments.tree import resolve

DAY = date(2026, 3, 31)
OLD = {"field": "age", "gte": 60}
TREE: list[dict[str, Any]] = [
    {"name": "old", "level": 1, "exclusive": True, "where": OLD},
    {"name": "idle", "level": 1, "exclusive": True, "where": {"field": "is_inactive", "eq": True}},
    {"name": "rest", "level": 1, "otherwise": True},
    {"name": "deep", "level": 2, "parent": "idle", "where": {"field": "age", "gt": 3}},
    {"name": "vip", "where": {"all": [{"field": "age", "gt": 9}, {"not": {"segment": "idle"}}]}},
    {"name": "vip_paris", "where": {"all": [{"segment": "vip"}, {"field": "city", "eq": "Paris"}]}},
    {"name": "young", "where": {"field": "age", "lt": 35}},
]


def with_(name: str, **changes: Any) -> list[dict[str, Any]]:
    return [rule | changes if rule["name"] == name else rule for rule in TREE]


# what is done to the rules -> the segments whose hash it changes
CHANGES: dict[str, tuple[list[dict[str, Any]], set[str]]] = {
    "the rule of a sibling tried first": (
        with_("old", where={"field": "age", "gte": 61}),
        {"old", "idle", "rest", "deep", "vip", "vip_paris"},
    ),
    "a rule others speak of": (
        with_("idle", where={"field": "is_inactive", "eq": False}),
        {"idle", "rest", "deep", "vip", "vip_paris"},
    ),
    "a rule nobody speaks of": (with_("young", where={"field": "age", "lt": 36}), {"young"}),
    "a rule in the middle": (
        with_("vip", where={"field": "age", "gt": 9}),
        {"vip", "vip_paris"},
    ),
    "the order of siblings": (
        [TREE[1], TREE[0], *TREE[2:]],
        {"old", "idle", "rest", "deep", "vip", "vip_paris"},
    ),
    "the order of the file": ([*TREE[:3], TREE[5], TREE[6], TREE[3], TREE[4]], set()),
    "the order of keys": (with_("old", where={"gte": 60, "field": "age"}), set()),
    "words": (
        with_("idle", label="Idle", description="Gone.", expect={"contacts": [1, None]}),
        set(),
    ),
    "a new segment": ([*TREE, {"name": "new", "where": OLD}], {"new"}),
    "a segment of the same rule": (
        [*TREE, {"name": "parent_of_none", "level": 1, "where": OLD}],
        {"parent_of_none"},
    ),
}


@pytest.fixture(scope="module")
def hashes() -> dict[str, dict[str, str]]:
    """Segment -> hash of its rule, of the tree and after each change."""
    cases = {"tree": TREE} | {name: rules for name, (rules, _) in CHANGES.items()}
    return {
        name: {segment: each.hash for segment, each in resolve(rules).items()}
        for name, rules in cases.items()
    }


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_shows_in_all_that_depends_on_it(
    change: str, hashes: dict[str, dict[str, str]]
) -> None:
    before, after = hashes["tree"], hashes[change]
    changed = {name for name, digest in after.items() if before.get(name) != digest}
    assert changed == CHANGES[change][1]


def test_a_rule_resolves_to_all_it_depends_on() -> None:
    rules = [
        {"name": "away", "level": 1, "exclusive": True, "where": {"field": "age", "lt": 1}},
        {"name": "idle", "level": 1, "exclusive": True, "where": {"lte": DAY, "field": "day"}},
        {"name": "rest", "level": 1, "otherwise": True},
        {"name": "deep", "label": "Deep", "level": 2, "parent": "idle", "where": OLD},
        {"name": "vip", "where": {"all": [{"eq": "L'Été", "field": "n"}, {"segment": "deep"}]}},
    ]
    away = '{"exclusive":true,"otherwise":false,"tried_before":[],"where":{"field":"age","lt":1}}'
    idle = (
        '{"exclusive":true,"otherwise":false,"tried_before":["away"],'
        '"where":{"field":"day","lte":"2026-03-31"}}'
    )
    deep = '{"parent":"idle","where":{"field":"age","gte":60}}'
    vip = '{"where":{"all":[{"eq":"L\'\\u00c9t\\u00e9","field":"n"},{"segment":"deep"}]}}'
    found = resolve(rules)
    assert found["idle"].rule == idle
    assert found["vip"].resolved == f'{{"away":{away},"deep":{deep},"idle":{idle},"vip":{vip}}}'
    assert found["vip"].hash == hashlib.md5(found["vip"].resolved.encode()).hexdigest()
    assert set(found["rest"].names) == {"away", "idle", "rest"}


@pytest.mark.parametrize(
    "log", ["model.winback.segment_rules", "snapshot.winback.segment_membership_log"]
)
def test_a_log_waits_for_the_last_gate(log: str, manifest: dict[str, Any]) -> None:
    """A run that a gate stopped put nothing in force."""
    before: set[str] = set()
    queue = [log]
    while queue:
        node = manifest["nodes"].get(queue.pop(), {})
        new = set(node.get("depends_on", {}).get("nodes", [])) - before
        before |= new
        queue += new
    assert "model.winback.gate_marts" in before


def test_no_option_empties_a_log(manifest: dict[str, Any]) -> None:
    assert manifest["nodes"]["model.winback.segment_rules"]["config"]["full_refresh"] is False
