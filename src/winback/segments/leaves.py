"""Leaves and conditions of rules as SQL: the one place where the language gets its meaning.

Logic in SQL has three values, that of rules two: a null makes a leaf false, or what `missing` says,
also under `not`. In `and` and `or` a null does what false does, so that it has to be turned into
one at two places only: under a `not`, and at the end.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from winback.segments.conditions import operators_in
from winback.segments.counts import count_column
from winback.segments.dialects import Dialect
from winback.segments.values import is_whole_day
from winback.segments.vocabulary import LIST_OPERATORS, Vocabulary

_SIGNS = {"eq": "=", "ne": "<>", "gt": ">", "gte": ">=", "lt": "<", "lte": "<="}
_INDENT = "    "
_WIDTH = 100


@dataclass(frozen=True)
class Expression:
    """A condition in SQL.

    Attributes:
        operator: `and`, `or`, `not`, `is true`, `is not true` over the parts; `in` or `not in` of a
            text and a list of literals; nothing for a text alone.
        parts: what the operator stands over.
        text: SQL without a part.
        items: literals of a list.
        may_be_null: whether it can come to null.
    """

    operator: str
    parts: tuple[Expression, ...] = ()
    text: str = ""
    items: tuple[str, ...] = ()
    may_be_null: bool = True


def joined(operator: str, parts: Sequence[Expression]) -> Expression:
    """All or any of some conditions, on one level where they are of the same kind."""
    flat: list[Expression] = []
    for part in parts:
        flat += part.parts if part.operator == operator else [part]
    if len(flat) == 1:
        return flat[0]
    return Expression(operator, tuple(flat), may_be_null=any(part.may_be_null for part in flat))


def negated(part: Expression) -> Expression:
    """The opposite: true where the condition is false or null."""
    if part.operator == "is not true":
        return decided(part.parts[0])
    if part.operator == "not":
        return part.parts[0]
    if part.operator == "is true":
        return Expression("is not true", part.parts, may_be_null=False)
    if part.may_be_null:
        return Expression("is not true", (part,), may_be_null=False)
    return Expression("not", (part,), may_be_null=False)


def decided(part: Expression) -> Expression:
    """True or false: false where the condition is null."""
    return Expression("is true", (part,), may_be_null=False) if part.may_be_null else part


def known(text: str) -> Expression:
    """A column that is true or false, never null."""
    return Expression("", text=text, may_be_null=False)


class Compiler:
    """Turns conditions into SQL over a relation of the features and whatever else rules ask."""

    def __init__(
        self, vocabulary: Vocabulary, dialect: Dialect, segment: Callable[[str], str]
    ) -> None:
        """Keeps what it needs.

        Args:
            vocabulary: what rules may say.
            dialect: how SQL is written.
            segment: name of a segment -> the column that says who is in it.
        """
        self._vocabulary = vocabulary
        self._dialect = dialect
        self._segment = segment

    def condition(self, condition: Mapping[str, Any]) -> Expression:
        """A condition, null or false where it does not hold."""
        if "not" in condition:
            return negated(self.condition(condition["not"]))
        if "all" in condition:
            return joined("and", [self.condition(part) for part in condition["all"]])
        if "any" in condition:
            return joined("or", [self.condition(part) for part in condition["any"]])
        if "segment" in condition:
            return known(self._segment(condition["segment"]))
        return self.leaf(condition)

    def leaf(self, leaf: Mapping[str, Any]) -> Expression:
        """A leaf about a field, an event or raw SQL, with what its null gives."""
        if "sql" in leaf:
            # the line break ends a comment that the expression may end with
            raw = f"({leaf['sql']}\n)"
            if leaf.get("missing"):
                return known(f"coalesce({raw}, true)")
            return Expression("", text=raw)
        plain = self._plain(leaf)
        if leaf.get("missing") is True:
            empty = known(f"{self.column(leaf)} is null")
            return Expression("or", (plain, empty), may_be_null=False)
        return plain

    def column(self, leaf: Mapping[str, Any]) -> str:
        """The column that a field or event leaf reads."""
        return self._dialect.name(self.column_name(leaf))

    def column_name(self, leaf: Mapping[str, Any]) -> str:
        """Its name, without quotes."""
        if "event" in leaf:
            return count_column(leaf, self._vocabulary)
        return str(leaf["field"])

    def kind(self, leaf: Mapping[str, Any]) -> str:
        """The kind of value of that column."""
        return "number" if "event" in leaf else self._vocabulary.fields[leaf["field"]]

    def age(self, leaf: Mapping[str, Any]) -> str:
        """Days from the day of a date or time to the as_of_date."""
        column = self.column(leaf)
        day = self._dialect.day(column) if self.kind(leaf) == "timestamp" else column
        return self._dialect.days_between(day, "as_of_date")

    def _plain(self, leaf: Mapping[str, Any]) -> Expression:
        """A condition as it reads, null where the column is."""
        dialect, column, kind = self._dialect, self.column(leaf), self.kind(leaf)
        (operator,) = operators_in(leaf)
        value = leaf[operator]
        if operator == "is_null":
            return known(f"{column} is {'' if value else 'not '}null")
        if operator == "contains":
            return Expression("", text=f"position({dialect.text(value)} in {column}) > 0")
        if operator == "starts_with":
            return Expression("", text=f"left({column}, {len(value)}) = {dialect.text(value)}")
        if operator == "within_days":
            return Expression("", text=f"{self.age(leaf)} between 0 and {value - 1}")
        if operator == "older_than_days":
            return Expression("", text=f"{self.age(leaf)} >= {value}")
        if kind == "boolean":
            is_wanted = value == (operator == "eq")
            return Expression("", text=column if is_wanted else f"not {column}")
        values = value if operator in LIST_OPERATORS else [value]
        if kind == "timestamp" and is_whole_day(values[0]):
            column, kind = dialect.day(column), "date"
        literals = tuple(dialect.literal(item, kind) for item in values)
        if operator == "between":
            return Expression("", text=f"{column} between {literals[0]} and {literals[1]}")
        if operator in ("in", "not_in") and len(literals) > 1:
            return Expression(operator.replace("_", " "), text=column, items=literals)
        sign = {"in": "=", "not_in": "<>"}.get(operator) or _SIGNS[operator]
        return Expression("", text=f"{column} {sign} {literals[0]}")


def written(part: Expression, indent: str, more: int = 0) -> str:
    """SQL, in lines of their own where one line is too long.

    Args:
        part: what to write.
        indent: before each line but the first.
        more: characters that follow on the last line.
    """
    line = _line(part)
    if "\n" not in line and len(indent) + len(line) + more <= _WIDTH:
        return line
    inner = indent + _INDENT
    if part.operator in ("and", "or"):
        lines = [_grouped(each, indent, part.operator) for each in part.parts]
        return f"\n{indent}{part.operator} ".join(lines)
    if part.operator == "not":
        return f"not (\n{inner}{written(part.parts[0], inner)}\n{indent})"
    if part.operator in ("is true", "is not true"):
        return f"(\n{inner}{written(part.parts[0], inner)}\n{indent}) {part.operator}"
    if part.items:
        return f"{part.text} {part.operator} (\n{inner}{_listed(part.items, inner)}\n{indent})"
    return line


def _listed(items: Sequence[str], indent: str) -> str:
    """Literals in lines that are no longer than they have to be."""
    lines = [items[0]]
    for item in items[1:]:
        if len(indent) + len(lines[-1]) + len(item) + 3 <= _WIDTH:
            lines[-1] += f", {item}"
        else:
            lines.append(item)
    return f",\n{indent}".join(lines)


def _line(part: Expression) -> str:
    if part.operator in ("and", "or"):
        return f" {part.operator} ".join(
            f"({_line(each)})" if _needs_brackets(each, part.operator) else _line(each)
            for each in part.parts
        )
    if part.operator == "not":
        inner = part.parts[0]
        is_name = not inner.operator and " " not in inner.text
        return f"not {_line(inner)}" if is_name else f"not ({_line(inner)})"
    if part.operator in ("is true", "is not true"):
        inner = part.parts[0]
        is_name = not inner.operator and inner.text.isidentifier()
        return f"{_line(inner)} {part.operator}" if is_name else f"({_line(inner)}) {part.operator}"
    if part.items:
        return f"{part.text} {part.operator} ({', '.join(part.items)})"
    return part.text


def _needs_brackets(part: Expression, inside: str) -> bool:
    return part.operator in ("and", "or") and part.operator != inside


def _grouped(part: Expression, indent: str, inside: str) -> str:
    if not _needs_brackets(part, inside):
        return written(part, indent, len(inside) + 1)
    line = f"({_line(part)})"
    if "\n" not in line and len(indent) + len(line) + len(inside) + 1 <= _WIDTH:
        return line
    inner = indent + _INDENT
    return f"(\n{inner}{written(part, inner)}\n{indent})"
