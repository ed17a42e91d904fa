"""Why a contact is in a segment, leaf by leaf.

The leaves are those of which memberships are made (`leaves.py`), each with its answer, the value it
found and whether it decided.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from winback.segments.conditions import operators_in
from winback.segments.dialects import Dialect
from winback.segments.foresight import drift_of, foreseen_when, turn_dates, turns_of
from winback.segments.leaves import Compiler, decided, written
from winback.segments.sentences import (
    LANGUAGES,
    leaf_sentence,
    membership_sentence,
    sql_sentence,
    words_of,
)
from winback.segments.tree import Rule, tried_before
from winback.segments.vocabulary import AGE_OPERATORS, LIST_OPERATORS, Vocabulary


@dataclass(frozen=True)
class Above:
    """Where a leaf or group stands.

    Attributes:
        segment: of which it decides.
        result: the column of the group around it; None under `not`.
        decides: what makes that group decisive, as SQL conditions.
        is_negated: whether an odd number of `not` stands above.
    """

    segment: str
    result: str | None
    decides: tuple[str, ...] = ()
    is_negated: bool = False

    def deciding(self, result: str) -> tuple[str, ...]:
        """What must hold for something inside to decide the segment: it comes out like the group it
        stands in, and so does every group above."""
        return self.decides if self.result is None else (*self.decides, f"{result} = {self.result}")


@dataclass
class Leaf:
    """A row of the view: facts, and SQL over the CTE `explained` for what differs by contact.

    `answer`, `raw` and `days` are SQL over the features.
    """

    number: int
    facts: dict[str, str | None]
    is_negated: bool
    result: str
    decides: str
    answer: str | None = None
    raw: str | None = None
    days: str | None = None
    value: str | None = None
    flips: str | None = None


@dataclass
class Group:
    """An `all`, `any` or `not`: its column, SQL over the columns below, its height above leaves."""

    name: str
    sql: str = ""
    height: int = 0


@dataclass
class Explanation:
    """All leaves of all rules, the groups above them, and what each segment comes to."""

    vocabulary: Vocabulary
    dialect: Dialect
    rules: Sequence[Rule]
    leaves: list[Leaf] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)
    columns: dict[str, str] = field(default_factory=dict)
    roots: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Takes all rules apart."""
        self._compiler = Compiler(self.vocabulary, self.dialect, str)
        self._by_name = {rule["name"]: rule for rule in self.rules}
        self.members = {
            rule["name"]: f"member_{number}" for number, rule in enumerate(self.rules, start=1)
        }
        for rule in self.rules:
            self.roots[rule["name"]] = " and ".join(self._parts(rule))

    def _parts(self, rule: Rule) -> list[str]:
        """Adds the leaves of a rule; what must hold of it, as SQL over results."""
        whole = Above(rule["name"], self.members[rule["name"]])
        parts = []
        if rule.get("parent") is not None:
            parts.append(self._membership(whole, "parent", "parent", rule["parent"]))
        for name in tried_before(rule, self.rules):
            parts.append(self._membership(whole, f"exclusive.{name}", "earlier_sibling", name))
        if rule.get("otherwise") is True:
            leaf = self._add(whole, "otherwise", "otherwise", foreseen_when="always")
            leaf.answer = "true"
            self._say(leaf, "otherwise", rule)
            parts.append(f"answer_{leaf.number}")
        else:
            parts.append(self._condition(whole, "where", rule["where"])[0])
        return parts

    def _condition(self, above: Above, path: str, condition: Mapping[str, Any]) -> tuple[str, int]:
        """Adds a condition and all below it; its column and its height."""
        if "segment" in condition:
            return self._membership(above, path, "segment", condition["segment"]), 0
        word = next((word for word in ("all", "any", "not") if word in condition), None)
        if word is None:
            return self._leaf(above, path, condition), 0
        group = Group(f"group_{len(self.groups) + 1}")
        self.groups.append(group)
        decides = above.deciding(group.name)
        if word == "not":
            # nothing but the one condition decides a `not`
            inside = Above(above.segment, None, decides, not above.is_negated)
            below, height = self._condition(inside, f"{path}.not", condition["not"])
            group.sql, group.height = f"not {below}", height + 1
            return group.name, group.height
        inside = Above(above.segment, group.name, decides, above.is_negated)
        found = [
            self._condition(inside, f"{path}.{word}[{number}]", part)
            for number, part in enumerate(condition[word])
        ]
        group.sql = (" and " if word == "all" else " or ").join(below for below, _ in found)
        group.height = max(height for _, height in found) + 1
        return group.name, group.height

    def _membership(self, above: Above, path: str, kind: str, name: str) -> str:
        """Adds a leaf about another segment; the SQL of its result."""
        other = self.members[name]
        is_reversed = kind == "earlier_sibling"
        result = f"not {other}" if is_reversed else other
        leaf = self._add(
            above,
            path,
            kind,
            result,
            referenced_segment=name,
            operator="eq",
            threshold="false" if is_reversed else "true",
        )
        leaf.value = self._text(f"explained.{other}", "boolean")
        self._say(leaf, kind, self._by_name[name])
        return result

    def _leaf(self, above: Above, path: str, condition: Mapping[str, Any]) -> str:
        """Adds a leaf over the features; the column of its result."""
        compiled = decided(self._compiler.leaf(condition))
        if "sql" in condition:
            leaf = self._add(
                above, path, "sql", operator="eq", threshold="true", foreseen_when="never"
            )
            leaf.raw = f"({condition['sql']}\n)"
            leaf.value = self._text(f"explained.raw_{leaf.number}", "boolean")
            leaf.facts["sentence"] = sql_sentence(condition, "en")
            leaf.facts["sentence_fr"] = sql_sentence(condition, "fr")
        else:
            leaf = self._question(above, path, condition)
        leaf.answer = written(compiled, "        ")
        return f"answer_{leaf.number}"

    def _question(self, above: Above, path: str, condition: Mapping[str, Any]) -> Leaf:
        """Adds a leaf about a field or an event."""
        compiler, vocabulary = self._compiler, self.vocabulary
        column, kind = compiler.column_name(condition), compiler.kind(condition)
        (operator,) = operators_in(condition)
        value = condition[operator]
        words = words_of(condition, column)
        drift = drift_of(condition, column, vocabulary)
        leaf = self._add(
            above,
            path,
            "event" if "event" in condition else "field",
            field=column,
            operator=operator,
            threshold=_threshold(value, operator),
            foreseen_when=foreseen_when(drift, operator, value),
        )
        if column not in ("contact_id", "as_of_date"):
            self.columns[column] = self.dialect.name(column)
        leaf.value = self._text(f"explained.{self.dialect.name(column)}", kind)
        ages = bool(words.get("ages"))
        days = None
        if operator in AGE_OPERATORS and (drift != "open" or ages):
            days = compiler.age(condition)
        elif drift == "clock" or (ages and kind == "number"):
            days = self.dialect.name(column)
        turns = [] if days is None else turns_of(value, operator)
        if turns:
            leaf.days = days
            leaf.flips = turn_dates(
                f"explained.days_{leaf.number}", turns, "explained.as_of_date", self.dialect
            )
        for language, name in zip(LANGUAGES, ("sentence", "sentence_fr"), strict=True):
            leaf.facts[name] = leaf_sentence(condition, words, kind, language)
        return leaf

    def _add(
        self, above: Above, path: str, kind: str, result: str | None = None, **facts: str | None
    ) -> Leaf:
        number = len(self.leaves) + 1
        result = result or f"answer_{number}"
        deciding = " and ".join(above.deciding(f"({result})")) or "true"
        leaf = Leaf(
            number=number,
            facts={"segment": above.segment, "path": path, "kind": kind, **facts},
            is_negated=above.is_negated,
            result=_of_explained(result),
            decides=_of_explained(deciding),
        )
        self.leaves.append(leaf)
        return leaf

    def _say(self, leaf: Leaf, kind: str, rule: Rule) -> None:
        leaf.facts["sentence"] = membership_sentence(kind, rule, "en")
        leaf.facts["sentence_fr"] = membership_sentence(kind, rule, "fr")

    def _text(self, column: str, kind: str) -> str:
        """A value as text: whole numbers without a point."""
        text = self.dialect.text_type
        if kind != "number":
            return f"cast({column} as {text})"
        return (
            f"case when {column} = floor({column}) and abs({column}) < 1e15"
            f" then cast(cast({column} as bigint) as {text})"
            f" else cast(cast({column} as double) as {text}) end"
        )


def _threshold(value: Any, operator: str) -> str:
    """What a value is compared with, as text."""
    if operator in LIST_OPERATORS:
        return ", ".join(map(str, value))
    return str(value).lower() if isinstance(value, bool) else str(value)


def _of_explained(sql: str) -> str:
    """SQL over columns of results, said of the CTE that holds them."""
    return re.sub(r"\b(answer|member|group)_", r"explained.\1_", sql)
