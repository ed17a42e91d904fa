"""How segments depend on each other: siblings, parents, steps of evaluation, rules as resolved."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Rule = Mapping[str, Any]
Condition = Mapping[str, Any]


def is_exclusive(rule: Rule) -> bool:
    """Whether a segment excludes its siblings."""
    return rule.get("exclusive") is True or rule.get("otherwise") is True


def tried_before(rule: Rule, rules: Sequence[Rule]) -> list[str]:
    """The exclusive siblings a contact is tried on before a segment: the earlier ones in order; for
    the one that takes the rest, all others; none where it is not exclusive."""
    if not is_exclusive(rule):
        return []
    siblings = [
        other
        for other in rules
        if is_exclusive(other)
        and other.get("otherwise") is not True
        and other.get("parent") == rule.get("parent")
    ]
    if rule.get("otherwise") is not True:
        siblings = siblings[: [other["name"] for other in siblings].index(rule["name"])]
    return [other["name"] for other in siblings]


def is_in_path(rule: Rule, rules: Mapping[str, Rule]) -> bool:
    """Whether a segment and all above it exclude their siblings. Its members' place on the level
    above is then its parent, since they are in the parent and in no other of that kind there."""
    if not is_exclusive(rule):
        return False
    return rule.get("parent") is None or is_in_path(rules[rule["parent"]], rules)


def leaves_of(condition: Condition) -> Iterator[Condition]:
    """The leaves of a condition, in their order."""
    if "not" in condition:
        yield from leaves_of(condition["not"])
    elif "all" in condition or "any" in condition:
        for part in condition.get("all") or condition["any"]:
            yield from leaves_of(part)
    else:
        yield condition


def rule_leaves(rules: Sequence[Rule]) -> Iterator[tuple[str, Condition]]:
    """Name of the segment and leaf, of all leaves of all rules."""
    for rule in rules:
        if rule.get("where") is not None:
            for leaf in leaves_of(rule["where"]):
                yield rule["name"], leaf


def label_of(rule: Rule, language: str) -> str:
    """The label in a language, the English one or the name where there is none."""
    label = rule.get("label")
    if isinstance(label, Mapping):
        return str(label.get(language) or label["en"])
    return str(label or rule["name"])


def _needs(rule: Rule, rules: Sequence[Rule]) -> list[str]:
    """The segments that must be known before a segment is: those its rule names, its parent, and
    the siblings tried before it."""
    named = [leaf["segment"] for leaf in leaves_of(rule.get("where") or {}) if "segment" in leaf]
    parent = [rule["parent"]] if rule.get("parent") is not None else []
    return named + parent + tried_before(rule, rules)


def steps(rules: Sequence[Rule]) -> tuple[list[list[str]], str | None]:
    """The segments in steps, each of which needs only segments of earlier ones.

    Returns:
        The steps, each in the order of the rules; and what is wrong where segments run in a circle.
    """
    needs = {rule["name"]: _needs(rule, rules) for rule in rules}
    found: list[list[str]] = []
    done: set[str] = set()
    left = list(needs)
    while left:
        ready = [name for name in left if done.issuperset(needs[name])]
        if not ready:
            return found, _cycle(needs, left, done)
        found.append(ready)
        done.update(ready)
        left = [name for name in left if name not in done]
    return found, None


def _cycle(needs: Mapping[str, Sequence[str]], left: Sequence[str], done: set[str]) -> str:
    """Names one circle: from any segment left, following what it still needs must come back."""
    trail, at = [], left[0]
    while at not in trail:
        trail.append(at)
        at = next(need for need in needs[at] if need not in done)
    circle = [*trail[trail.index(at) :], at]
    return (
        f"{circle[0]}: cycle {' -> '.join(circle)}; a segment cannot depend on itself, through"
        " rules, parents or siblings tried before it"
    )


@dataclass(frozen=True)
class Resolved:
    """What a rule comes to.

    Attributes:
        rule: what decides membership, as JSON. Labels, descriptions, expectations decide nothing.
        names: the segment and all that it depends on.
        resolved: their rules as one JSON object, which changes when, and only when, members may.
        hash: the digest of it.
    """

    rule: str
    names: Sequence[str]
    resolved: str
    hash: str


def resolve(rules: Sequence[Rule]) -> dict[str, Resolved]:
    """What each rule comes to, through everything it depends on."""
    own, needs = {}, {}
    for rule in rules:
        name = rule["name"]
        deciding = {key: rule[key] for key in ("parent", "where") if rule.get(key) is not None}
        if is_exclusive(rule):
            deciding |= {
                "exclusive": True,
                "otherwise": rule.get("otherwise") is True,
                "tried_before": sorted(tried_before(rule, rules)),
            }
        own[name] = _json(deciding)
        needs[name] = _needs(rule, rules)
    found = {}
    for name in own:
        names = [name]
        for reached in names:  # grows while it is read: what something needed needs is needed
            names += [need for need in dict.fromkeys(needs[reached]) if need not in names]
        text = "{" + ",".join(f"{json.dumps(each)}:{own[each]}" for each in sorted(names)) + "}"
        digest = hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
        found[name] = Resolved(own[name], names, text, digest)
    return found


def _json(value: Any) -> str:
    """JSON with keys in order, so that equal rules are equal texts; a day that YAML has read as one
    is the text it was."""
    if isinstance(value, Mapping):
        parts = (f"{json.dumps(key)}:{_json(value[key])}" for key in sorted(value))
        return "{" + ",".join(parts) + "}"
    if isinstance(value, list | tuple):
        return "[" + ",".join(map(_json, value)) + "]"
    is_plain = value is None or isinstance(value, str | int | float)
    return json.dumps(value if is_plain else str(value))
