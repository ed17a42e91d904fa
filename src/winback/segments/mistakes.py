"""Everything that is wrong with a list of rules.

Nothing is compiled while there is a mistake: a rule that is nearly right selects the wrong people
without a word. Each message names the segment and the path inside its rule, what was found and what
is accepted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from winback.segments.conditions import condition_mistakes
from winback.segments.expectations import PAST_CHECKS, expectation_mistakes
from winback.segments.tree import Rule, is_exclusive, resolve, rule_leaves, steps
from winback.segments.values import shown
from winback.segments.vocabulary import RESERVED_NAMES, Vocabulary

_NAME = re.compile(r"[a-z][a-z0-9_]{0,59}")
_KEYS = (
    "name",
    "label",
    "description",
    "level",
    "parent",
    "exclusive",
    "otherwise",
    "where",
    "expect",
)
_LANGUAGES = ("en", "fr")


def find_mistakes(rules: Any, vocabulary: Vocabulary) -> list[str]:
    """All mistakes in a list of rules, in their order; empty when it can be compiled."""
    if not isinstance(rules, list):
        return [f"segments: a list of segments expected, found {shown(rules)}"]
    found = list(_name_mistakes(rules))
    if found:
        return found  # the other checks go by name
    names = [rule["name"] for rule in rules]
    for rule in rules:
        found += _key_mistakes(rule, names)
        found += expectation_mistakes(rule)
        if rule.get("where") is not None:
            path = f"{rule['name']}.where"
            found += condition_mistakes(rule["where"], path, vocabulary, names)
    found += _tree_mistakes(rules)
    if not found:
        _, circle = steps(rules)
        found = [circle] if circle else list(_past_mistakes(rules, vocabulary))
    return found


def fitted_by_segment(rules: Sequence[Rule], vocabulary: Vocabulary) -> dict[str, dict[str, str]]:
    """Segment -> the fitted fields on which it rests -> their name in var `fitted`.

    They are those of its own rule and of whatever decides before it. Segments that rest on none are
    left out.
    """
    own: dict[str, dict[str, str]] = {}
    for name, leaf in rule_leaves(rules):
        owner = vocabulary.owner(leaf.get("field"))
        if owner is not None:
            own.setdefault(name, {})[leaf["field"]] = owner
    if not own:
        return {}
    found: dict[str, dict[str, str]] = {}
    for segment, resolved in resolve(rules).items():
        for name in resolved.names:
            if name in own:
                found.setdefault(segment, {}).update(own[name])
    return found


def _name_mistakes(rules: Sequence[Any]) -> Iterator[str]:
    """A segment's name becomes a column: snake_case, one of a kind, none of ours."""
    first: dict[str, int] = {}
    for number, rule in enumerate(rules):
        path = f"segments[{number}]"
        if not isinstance(rule, Mapping):
            yield f"{path}: a mapping with a name expected, found {shown(rule)}"
            continue
        name = rule.get("name")
        if not isinstance(name, str):
            yield f"{path}.name: a name expected, found {shown(name)}"
            continue
        if not _NAME.fullmatch(name):
            yield (
                f"{path}.name: snake_case expected (a-z, 0-9 and _, a letter first, at most 60),"
                f" found {shown(name)}"
            )
        elif name in RESERVED_NAMES:
            yield (
                f"{path}.name: {shown(name)} is a column of segment_history already; not accepted:"
                f" {', '.join(RESERVED_NAMES)}"
            )
        elif name in first:
            yield (
                f"{path}.name: duplicate name {shown(name)}, first used by segments[{first[name]}]"
            )
        first.setdefault(name, number)


def _key_mistakes(rule: Rule, names: Sequence[str]) -> Iterator[str]:
    """The keys beside the condition, each on its own."""
    name = rule["name"]
    for key in rule:
        if key not in _KEYS:
            yield f"{name}.{key}: unknown key; accepted: {', '.join(_KEYS)}"
    for key in ("exclusive", "otherwise"):
        if key in rule and not isinstance(rule[key], bool):
            yield f"{name}.{key}: true or false expected, found {shown(rule[key])}"
    if "description" in rule and not isinstance(rule["description"], str):
        yield f"{name}.description: text expected, found {shown(rule['description'])}"
    if "label" in rule:
        yield from _label_mistakes(rule["label"], name)
    if "parent" in rule and rule["parent"] not in names:
        yield (
            f"{name}.parent: unknown segment {shown(rule['parent'])}; accepted: {', '.join(names)}"
        )
    if rule.get("otherwise") is True:
        if "where" in rule:
            yield (
                f"{name}.where: otherwise takes what its siblings leave and has no rule of its own;"
                " remove where or otherwise"
            )
        if rule.get("exclusive") is False:
            yield (
                f"{name}.exclusive: otherwise is exclusive by nature; found false, accepted: true"
            )
    elif rule.get("where") is None:
        yield (
            f"{name}.where: missing; accepted: a rule (all, any, not, field, segment, event), or"
            " otherwise: true for what the siblings leave"
        )


def _label_mistakes(label: Any, name: str) -> Iterator[str]:
    """A label is a text, or one text per language with English among them."""
    if isinstance(label, str) and label:
        return
    if not isinstance(label, Mapping):
        yield f"{name}.label: text, or {{en: text, fr: text}} expected, found {shown(label)}"
        return
    if "en" not in label:
        yield f"{name}.label: the English label is missing; accepted: {{en: text, fr: text}}"
    for language, text in label.items():
        if language not in _LANGUAGES:
            yield f"{name}.label.{language}: unknown language; accepted: {', '.join(_LANGUAGES)}"
        elif not isinstance(text, str) or not text:
            yield f"{name}.label.{language}: text expected, found {shown(text)}"


def _tree_mistakes(rules: Sequence[Rule]) -> Iterator[str]:
    """Levels, parents, and siblings."""
    by_name = {rule["name"]: rule for rule in rules}
    rests: dict[Any, str] = {}

    def on_level(level: int) -> str:
        return ", ".join(r["name"] for r in rules if r.get("level") == level) or "none yet"

    for rule in rules:
        name, level, parent = rule["name"], rule.get("level"), rule.get("parent")
        is_level = not isinstance(level, bool) and level in (1, 2, 3)
        if "level" in rule and not is_level:
            yield f"{name}.level: found {shown(level)}; accepted: 1, 2, 3"
        elif parent is None and level in (2, 3):
            yield (
                f"{name}.parent: missing; a segment on level {level} needs a parent on level"
                f" {level - 1}; accepted: {on_level(level - 1)}"
            )
        elif isinstance(parent, str) and parent in by_name:
            above = by_name[parent].get("level")
            if level is None:
                yield (
                    f"{name}.level: missing; a segment with a parent is one level below it;"
                    " accepted: 2, 3"
                )
            elif level == 1:
                yield f"{name}.parent: a segment on level 1 has no parent, found {shown(parent)}"
            elif above != level - 1:
                found = "no level" if above is None else f"level {above}"
                yield (
                    f"{name}.parent: {shown(parent)} is on {found}, a parent on level {level - 1}"
                    f" expected; accepted: {on_level(level - 1)}"
                )
        if is_exclusive(rule) and level is None:
            yield f"{name}.level: missing; exclusive siblings stand on a level; accepted: 1, 2, 3"
        if rule.get("otherwise") is True:
            key = parent if isinstance(parent, str) else None
            if key in rests:
                whom = "of all contacts" if key is None else f"of {shown(key)}"
                yield (
                    f"{name}.otherwise: two siblings take the rest {whom}, the other is"
                    f" {shown(rests[key])}; keep one"
                )
            rests[key] = name


def _past_mistakes(rules: Sequence[Rule], vocabulary: Vocabulary) -> Iterator[str]:
    """Expectations about the past of segments that have none: they would be broken, and the segment
    held back, for no fault of its own."""
    resting = fitted_by_segment(rules, vocabulary)
    for rule in rules:
        for check in PAST_CHECKS:
            if rule["name"] in resting and check in (rule.get("expect") or {}):
                yield (
                    f"{rule['name']}.expect.{check}: looks at the past, and the segment rests on"
                    f" {', '.join(resting[rule['name']])}, known at the current date only; accepted"
                    " here: contacts, share_of_parent"
                )
