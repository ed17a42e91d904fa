"""What is worth saying about rules that compile: those that cannot be meant, and open ends."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from winback.segments.rules import canonical
from winback.segments.satisfiable import can_match, membership
from winback.segments.vocabulary import Column

Rule = Mapping[str, Any]
WARNING, HINT = "warning", "hint"


@dataclass(frozen=True)
class Remark:
    """A sentence about a segment; a warning cannot be meant, a hint may well be."""

    kind: str
    segment: str
    message: str


def remarks_on(
    rules: Sequence[Rule],
    columns: Mapping[str, Column],
    fitted: Mapping[str, Mapping[str, str]] | None = None,
) -> list[Remark]:
    """All remarks, in the order of the file.

    Args:
        rules: without mistakes.
        columns: what is known of the features that they read.
        fitted: segment -> the fitted fields on which it rests -> what fits them.
    """
    fitted = fitted or {}
    unknown_before = Column(is_whole=False, may_be_null=True)
    columns = {**{name: unknown_before for each in fitted.values() for name in each}, **columns}
    by_name = {rule["name"]: rule for rule in rules}
    earlier: list[Rule] = []
    found = []
    for rule in rules:
        name = rule["name"]
        found += [Remark(WARNING, name, text) for text in _texts_missing(rule)]
        unreachable = _never_matches(rule, by_name, columns) or _taken_before(
            rule, earlier, by_name, columns
        )
        if unreachable:
            found.append(Remark(WARNING, name, unreachable))
        else:
            found += [Remark(WARNING, name, text) for text in _same_as(rule, earlier)]
        if "where" in rule:
            leaves = _open_leaves(rule["where"], f"{name}.where", False, columns)
            found += [Remark(HINT, name, text) for text in leaves]
        if name in fitted:
            found.append(Remark(HINT, name, f"{name} rests on {without_past(fitted[name])}"))
        earlier.append(rule)
    return found


def without_past(fitted: Mapping[str, str]) -> str:
    """Say what fitted fields a segment rests on (field -> what fits it), and what follows."""
    shown = ", ".join(f"{name} ({by})" for name, by in fitted.items())
    return f"{shown}, known at the current date only and missing at those before"


def _texts_missing(rule: Rule) -> Iterator[str]:
    name, label = rule["name"], rule.get("label")
    if label is None:
        yield f"{name} has no label: tools show its name"
    elif isinstance(label, Mapping) and "fr" not in label:
        yield f"{name} has no French label: the English one is shown instead"
    if not str(rule.get("description") or "").strip():
        yield f"{name} has no description: say in a sentence who is in it"


def _never_matches(
    rule: Rule, by_name: Mapping[str, Rule], columns: Mapping[str, Column]
) -> str | None:
    name = rule["name"]
    if rule.get("where") is None:
        return None
    if not can_match(rule["where"], by_name, columns):
        return f"{name} can never match: its conditions exclude each other"
    if not can_match(membership(rule), by_name, columns):
        return f"{name} can never match: its rule excludes that of its parent {rule['parent']}"
    return None


def _taken_before(
    rule: Rule,
    earlier: Sequence[Rule],
    by_name: Mapping[str, Rule],
    columns: Mapping[str, Column],
) -> str | None:
    """Why a sibling that is tried late is never reached."""
    if rule.get("exclusive") is not True or rule.get("where") is None:
        return None
    before = [
        other
        for other in earlier
        if other.get("exclusive") is True
        and other.get("parent") == rule.get("parent")
        and other.get("where") is not None
    ]
    own = membership(rule)["all"]
    for other in before:
        if same_rule(other, rule):
            return (
                f"{rule['name']} can never be reached: {other['name']}, which is tried before it,"
                " has the same rule"
            )
        if not can_match({"all": [*own, {"not": other["where"]}]}, by_name, columns):
            return (
                f"{rule['name']} can never be reached: whoever it fits is taken by"
                f" {other['name']}, which is tried before it"
            )
    rest = [{"not": other["where"]} for other in before]
    if len(rest) > 1 and not can_match({"all": [*own, *rest]}, by_name, columns):
        return (
            f"{rule['name']} can never be reached: whoever it fits is taken by "
            + " or ".join(other["name"] for other in before)
            + ", which are tried before it"
        )
    return None


def _same_as(rule: Rule, earlier: Sequence[Rule]) -> Iterator[str]:
    for other in earlier:
        if same_rule(rule, other):
            yield (
                f"{rule['name']} has the same rule as {other['name']}: keep one, or let one say"
                f" {{segment: {other['name']}}}"
            )


def same_rule(one: Rule, other: Rule) -> bool:
    """Whether two segments hold the same contacts because they say the same, in whatever order."""
    if one.get("where") is None or other.get("where") is None:
        return False
    texts = [
        canonical([_plain(rule["where"]), rule.get("parent"), rule.get("exclusive") is True])
        for rule in (one, other)
    ]
    return texts[0] == texts[1]


def _plain(condition: Any) -> Any:
    """A condition without what makes no difference: order, repeats, doubles of not."""
    if "not" in condition:
        inner = _plain(condition["not"])
        return inner.get("not", {"not": inner})
    for key in ("all", "any"):
        if key in condition:
            parts = {canonical(part): part for part in map(_plain, condition[key])}
            ordered = [parts[text] for text in sorted(parts)]
            return ordered[0] if len(ordered) == 1 else {key: ordered}
    leaf = {key: value for key, value in condition.items() if (key, value) != ("missing", False)}
    if isinstance(leaf.get("in"), list):
        leaf["in"] = sorted(leaf["in"], key=canonical)
    return leaf


def _open_leaves(
    condition: Any, path: str, is_negated: bool, columns: Mapping[str, Column]
) -> Iterator[str]:
    """Leaves about what others are, which leave it to a rule of the language who is unknown."""
    if "not" in condition:
        yield from _open_leaves(condition["not"], f"{path}.not", not is_negated, columns)
        return
    for key in ("all", "any"):
        for number, part in enumerate(condition.get(key) or []):
            yield from _open_leaves(part, f"{path}.{key}[{number}]", is_negated, columns)
    field = condition.get("field")
    column = columns.get(field) if isinstance(field, str) else None
    operators = {"ne", "not_in"} & set(condition)
    if column is None or not column.may_be_null or "missing" in condition or "is_null" in condition:
        return
    if operators or is_negated:
        # a null makes the leaf false, and a not around it makes that true
        who = "taken in" if is_negated else "left out"
        other = "leaves them out" if is_negated else "takes them in"
        yield (
            f"{path}: contacts whose {field} is unknown are {who}; `missing: true` {other},"
            " `missing: false` says that it is meant"
        )
