"""Why a contact is in a segment, leaf by leaf: the query behind `segment_explanations`.

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
    CURRENCY,
    LANGUAGES,
    leaf_sentence,
    membership_sentence,
    sql_sentence,
    words_of,
)
from winback.segments.tree import Rule, tried_before
from winback.segments.vocabulary import AGE_OPERATORS, LIST_OPERATORS, Vocabulary

# what is the same of a leaf for every contact
_FACTS = (
    "segment",
    "path",
    "kind",
    "sentence",
    "sentence_fr",
    "field",
    "referenced_segment",
    "operator",
    "threshold",
    "foreseen_when",
)


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
        self._members = {
            rule["name"]: f"member_{number}" for number, rule in enumerate(self.rules, start=1)
        }
        for rule in self.rules:
            self.roots[rule["name"]] = " and ".join(self._parts(rule))

    def _parts(self, rule: Rule) -> list[str]:
        """Adds the leaves of a rule; what must hold of it, as SQL over results."""
        whole = Above(rule["name"], self._members[rule["name"]])
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
        other = self._members[name]
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

    def ctes(self, source: str) -> dict[str, str]:
        """name -> SQL of CTEs from all that rules read, and `history` with a boolean per segment,
        to `explained`: a row per contact and date with the result of every leaf and group."""
        answers = [
            *self.columns.values(),
            *(f"{leaf.answer} as answer_{leaf.number}" for leaf in self.leaves if leaf.answer),
            *(f"{leaf.days} as days_{leaf.number}" for leaf in self.leaves if leaf.days),
            *(f"{leaf.raw} as raw_{leaf.number}" for leaf in self.leaves if leaf.raw),
        ]
        members = [
            f"history.{self.dialect.name(name)} as {member}"
            for name, member in self._members.items()
        ]
        found = {
            "answers": _select(["contact_id", "as_of_date", *answers], source),
            "members": _select(["answers.*", *members], "answers")
            + "\ninner join history\n    on\n        answers.contact_id = history.contact_id\n"
            "        and answers.as_of_date = history.as_of_date",
        }
        last = "members"
        for height in sorted({group.height for group in self.groups}):
            columns = [
                f"({group.sql}) as {group.name}" for group in self.groups if group.height == height
            ]
            found[f"groups_{height}"] = _select(["*", *columns], last)
            last = f"groups_{height}"
        found["explained"] = f"select * from {last}"
        return found

    def row_ctes(self) -> dict[str, str]:
        """name -> SQL of CTEs from `explained` to `final`, the rows of the view. Features are read
        once, whatever the number of leaves: each row picks its own of their columns."""
        text = self.dialect.text_type
        picked = [
            "explained.contact_id",
            "explained.as_of_date",
            "leaves.number as leaf_number",
            "leaves.is_negated",
            *(f"leaves.{name}" if name != "path" else "leaves.path as leaf_path"
              for name in _FACTS),
            self._case("value", text) + " as actual_value",
            self._case("result", "boolean") + " as is_true",
            self._member_case() + " as is_in_segment",
            self._case("decides", "boolean") + " as is_decisive",
            self._case("flips", text) + " as flip_dates",
        ]  # fmt: skip
        return {
            "leaves": self._leaf_list(),
            "picked": _select(picked, "explained") + "\ncross join leaves",
            "final": _FINAL,
        }

    def _leaf_list(self) -> str:
        text = self.dialect.text_type
        names = ", ".join(("number", "is_negated", *_FACTS))
        if not self.leaves:
            nulls = [f"cast(null as {text}) as {name}" for name in _FACTS]
            return _select(["0 as number", "false as is_negated", *nulls], "") + "\nwhere false"
        rows = []
        for leaf in self.leaves:
            values = [self._literal(leaf.facts.get(name)) for name in _FACTS]
            first = [str(leaf.number), "true" if leaf.is_negated else "false", *values[:3]]
            lines = [", ".join(first), *values[3:5], ", ".join(values[5:])]
            rows.append("    (\n        " + ",\n        ".join(lines) + "\n    )")
        typed = [f"cast(leaves.{name} as {text}) as {name}" for name in _FACTS]
        source = "(\n    values\n" + ",\n".join(rows) + f"\n) as leaves ({names})"
        return _select(["leaves.number", "leaves.is_negated", *typed], source)

    def _literal(self, value: str | None) -> str:
        if value is None:
            return "null"
        before, currency, after = value.partition(CURRENCY)
        parts = [self.dialect.text(before)]
        parts += [self.dialect.currency()] if currency else []
        parts += [self.dialect.text(after)] if after else []
        return " || ".join(parts)

    def _case(self, key: str, kind: str) -> str:
        """By the number of the leaf, the SQL under a key of those leaves that have some."""
        branches = [
            f"when {leaf.number} then {getattr(leaf, key)}"
            for leaf in self.leaves
            if getattr(leaf, key)
        ]
        return _picked("leaves.number", branches, kind)

    def _member_case(self) -> str:
        """By the segment of the leaf, whether the contact is in it."""
        branches = [
            f"when '{name}' then explained.{member}" for name, member in self._members.items()
        ]
        return _picked("leaves.segment", branches, "boolean")


_FINAL = """select
    contact_id,
    as_of_date,
    segment,
    cast(leaf_number as integer) as leaf_number,
    leaf_path,
    kind,
    is_negated,
    sentence,
    sentence_fr,
    field,
    referenced_segment,
    operator,
    threshold,
    actual_value,
    is_true,
    is_in_segment,
    is_decisive,
    cast(left(flip_dates, 10) as date) as flips_on,
    flip_dates,
    case
        when referenced_segment is not null then null
        when foreseen_when = 'always' then true
        when foreseen_when = 'never' then false
        when foreseen_when = 'present' then actual_value is not null
        when actual_value is null then true
        else is_true = (foreseen_when = 'true')
    end as is_foreseeable
from picked"""


def _select(columns: Sequence[str], source: str) -> str:
    listed = ",\n    ".join(columns)
    return f"select\n    {listed}" + (f"\nfrom {source}" if source else "")


def _picked(chooser: str, branches: Sequence[str], kind: str) -> str:
    if not branches:
        return f"cast(null as {kind})"
    listed = "\n        ".join(branches)
    return f"case {chooser}\n        {listed}\n    end"


def _threshold(value: Any, operator: str) -> str:
    """What a value is compared with, as text."""
    if operator in LIST_OPERATORS:
        return ", ".join(map(str, value))
    return str(value).lower() if isinstance(value, bool) else str(value)


def _of_explained(sql: str) -> str:
    """SQL over columns of results, said of the CTE that holds them."""
    return re.sub(r"\b(answer|member|group)_", r"explained.\1_", sql)
