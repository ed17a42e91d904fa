"""Which segment of one list of rules is which of another, and which of them can be compared."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from winback.errors import UserError
from winback.segments.compiled import Compiled, compile_rules
from winback.segments.rules import canonical
from winback.segments.vocabulary import Vocabulary

# name then and name now; None where it is not there
Pair = tuple[str | None, str | None]

_RULE_KEYS = ("where", "parent", "level", "exclusive", "otherwise")
_ERROR_NAME = re.compile(r"(segments\[(?P<number>\d+)\]|(?P<name>[^.:]+))")


def compile_both(
    before: list[Any], after: list[Any], vocabulary: Vocabulary
) -> tuple[list[Any], Compiled, Compiled, dict[str, str]]:
    """Compile the rules of both sides on today's columns.

    What no longer compiles of the rules before is left out, with all that depends on it.

    Args:
        before: rules of the commit.
        after: rules of the working tree.
        vocabulary: what rules may say now.

    Returns:
        The rules before that compile, both sides compiled, and why others were left out.

    Raises:
        UserError: the rules before are no list of rules at all.
    """
    skipped: dict[str, str] = {}
    compiled_before = compile_rules(before, vocabulary)
    while compiled_before.errors:
        left_out = _left_out(before, compiled_before.errors)
        if not left_out:
            raise UserError("the rules of the commit: " + "; ".join(compiled_before.errors))
        skipped |= {str(before[number].get("name")): why for number, why in left_out.items()}
        before = [rule for number, rule in enumerate(before) if number not in left_out]
        compiled_before = compile_rules(before, vocabulary)
    return before, compiled_before, compile_rules(after, vocabulary), skipped


def find_renames(before: Sequence[Any], after: Sequence[Any]) -> dict[str, str]:
    """Name now -> name then, of the segments that have the same rule under another name."""
    names_before = {rule["name"] for rule in before}
    names_after = {rule["name"] for rule in after}
    gone = [rule for rule in before if rule["name"] not in names_after]
    come = [rule for rule in after if rule["name"] not in names_before]
    renamed: dict[str, str] = {}  # then -> now
    was_found = True
    while was_found:  # a rule may speak of a segment that was renamed itself
        was_found = False
        for old in gone:
            for new in come:
                is_free = old["name"] not in renamed and new["name"] not in renamed.values()
                if is_free and _rule_text(old, renamed) == _rule_text(new, {}):
                    renamed[old["name"]] = new["name"]
                    was_found = True
    return {now: then for then, now in renamed.items()}


def _left_out(rules: Sequence[Any], errors: Sequence[str]) -> dict[int, str]:
    """Positions of the rules that have a mistake, and of those that depend on them."""
    names = [rule.get("name") if isinstance(rule, Mapping) else None for rule in rules]
    left_out: dict[int, str] = {}
    for error in errors:
        found = _ERROR_NAME.match(error)
        if found and found["number"]:
            left_out.setdefault(int(found["number"]), error)
        elif found and found["name"] in names:
            left_out.setdefault(names.index(found["name"]), error)
    if any(not isinstance(rules[number], Mapping) for number in left_out):
        return {}
    was_found = bool(left_out)
    while was_found:
        was_found = False
        for number, rule in enumerate(rules):
            for other in list(left_out):
                if number not in left_out and _depends(rule, rules[other], number > other):
                    left_out[number] = f"it depends on {names[other]}, which does not compile"
                    was_found = True
    return left_out


def _depends(rule: Mapping[str, Any], other: Mapping[str, Any], is_later: bool) -> bool:
    siblings = (
        all(one.get("exclusive") is True or one.get("otherwise") is True for one in (rule, other))
        and rule.get("parent") == other.get("parent")
        and (is_later or rule.get("otherwise") is True)
        and other.get("otherwise") is not True
    )
    name = other.get("name")
    return siblings or (
        name is not None and (rule.get("parent") == name or name in _references(rule.get("where")))
    )


def _references(condition: Any) -> set[str]:
    if isinstance(condition, list):
        return set().union(*(_references(part) for part in condition))
    if not isinstance(condition, Mapping):
        return set()
    found = {condition["segment"]} if isinstance(condition.get("segment"), str) else set()
    return found.union(*(_references(condition.get(key)) for key in ("all", "any", "not")))


def _rule_text(rule: Mapping[str, Any], renamed: Mapping[str, str]) -> str:
    """What decides who is in a segment, with the segments it speaks of under other names."""
    kept = {key: rule.get(key) for key in _RULE_KEYS if rule.get(key) not in (None, False)}
    if "parent" in kept:
        kept["parent"] = renamed.get(str(kept["parent"]), kept["parent"])
    if "where" in kept:
        kept["where"] = _with_names(kept["where"], renamed)
    return canonical(kept)


def _with_names(condition: Any, renamed: Mapping[str, str]) -> Any:
    if isinstance(condition, list):
        return [_with_names(part, renamed) for part in condition]
    if not isinstance(condition, Mapping):
        return condition
    found = {
        key: _with_names(part, renamed) if key in ("all", "any", "not") else part
        for key, part in condition.items()
    }
    if found.get("segment") in renamed:
        found["segment"] = renamed[found["segment"]]
    return found


def pair_segments(
    before: Sequence[Any], after: Sequence[Any], skipped: Mapping[str, str]
) -> dict[Pair, bool]:
    """(name then, name now) of each segment, None where it is not there -> whether its rule is
    another one."""
    then = {rule["name"]: rule for rule in before}
    now = {rule["name"] for rule in after}
    renames = find_renames(before, after)
    renamed = {old: new for new, old in renames.items()}
    pairs: dict[Pair, bool] = {}
    for rule in after:
        name = rule["name"]
        if name in skipped:
            continue
        old = name if name in then else renames.get(name)
        is_changed = old is None or _rule_text(then[old], renamed) != _rule_text(rule, {})
        pairs[(old, name)] = is_changed
    for name in then:
        if name not in now and name not in renamed:
            pairs[(name, None)] = True
    return pairs
