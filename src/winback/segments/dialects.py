"""The two ways in which the SQL of rules is written: as a dbt model, and for an open warehouse.

Both say the same. A model leaves to dbt what dbt knows at its run: where relations are, the zone
whose days are meant, what is fitted. Values become literals here and nowhere else, so that a rule
has no way to write SQL, and none to write a template that dbt would run.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass

from winback.segments.values import moment

# words that are no names of columns without quotes: DuckDB's, which holds those of other engines
RESERVED_WORDS = frozenset(
    """
    all analyse analyze and anti any array as asc asof asymmetric at authorization binary both by
    case cast check collate collation column columns concurrently constraint create cross default
    deferrable desc describe distinct do else end except false fetch for foreign freeze from full
    generated glob group having ilike in initially inner intersect into is isnull join lambda
    lateral leading left like limit map natural not notnull null offset on only or order outer
    overlaps pivot pivot_longer pivot_wider placing positional primary qualify references
    returning right select semi show similar some struct summarize symmetric table tablesample
    then to trailing true try_cast tuple union unique unpack unpivot using variadic verbose when
    where window with
    """.split()  # noqa: SIM905
)
_PLAIN_NAME = re.compile(r"[a-z_][a-z0-9_]*")
# what a template begins with, and what SQL literals of other engines read in another way
_AWKWARD = re.compile(r"[{}\\']")
_UTC = ("UTC", "GMT", "ETC/UTC")


class Dialect(ABC):
    """How names, literals, days and relations are written."""

    def name(self, column: str) -> str:
        """A column, quoted where it has to be."""
        if _PLAIN_NAME.fullmatch(column) and column not in RESERVED_WORDS:
            return column
        return self._quoted(column)

    def literal(self, value: object, kind: str) -> str:
        """A value that fits a field of a kind."""
        if kind == "text":
            return self.text(str(value))
        if kind == "boolean":
            return "true" if value else "false"
        if kind == "date":
            return f"date '{value}'"
        if kind == "timestamp":
            return f"timestamp '{moment(value)}'"
        return str(value)

    @property
    @abstractmethod
    def text_type(self) -> str:
        """The type of texts."""

    @abstractmethod
    def _quoted(self, column: str) -> str: ...

    @abstractmethod
    def text(self, value: str) -> str:
        """A text as a literal, whatever it holds."""

    @abstractmethod
    def relation(self, name: str) -> str:
        """A model, to be read from."""

    @abstractmethod
    def day(self, moment: str) -> str:
        """The day of a UTC timestamp, in var timezone."""

    @abstractmethod
    def days_between(self, earlier: str, later: str) -> str:
        """Whole days from one date to a later one."""

    @abstractmethod
    def days_after(self, day: str, days: str) -> str:
        """The date a number of days later."""

    @abstractmethod
    def fitted(self, owner: str, model: str, kinds: Mapping[str, str], is_optional: bool) -> str:
        """A select of what is fitted: contact_id, as_of_date and some columns with their kinds;
        nobody where it is optional and var `fitted` leaves it out."""

    @abstractmethod
    def currency(self) -> str:
        """Var currency as a literal."""


class Model(Dialect):
    """As a model of dbt."""

    @property
    def text_type(self) -> str:
        """The type that the engine has for texts."""
        return "{{ dbt.type_string() }}"

    def _quoted(self, column: str) -> str:
        return f"{{{{ adapter.quote({_template_text(column)}) }}}}"

    def text(self, value: str) -> str:
        """A literal; where engines read one in different ways, by a macro that knows."""
        if _AWKWARD.search(value):
            return f"{{{{ quoted_text({_template_text(value)}) }}}}"
        return f"'{value}'"

    def relation(self, name: str) -> str:
        """A reference."""
        return f"{{{{ ref('{name}') }}}}"

    def day(self, moment: str) -> str:
        """By the macro that knows var timezone."""
        return f"{{{{ local_date('{moment}') }}}}"

    def days_between(self, earlier: str, later: str) -> str:
        """By the macro that knows the engine."""
        return f"{{{{ days_between({_argument(earlier)}, {_argument(later)}) }}}}"

    def days_after(self, day: str, days: str) -> str:
        """By the macro that knows the engine."""
        return f"{{{{ days_after({_argument(day)}, {_argument(days)}) }}}}"

    def fitted(self, owner: str, model: str, kinds: Mapping[str, str], is_optional: bool) -> str:
        """By the macro that knows var fitted, where it may be left out."""
        if not is_optional:
            return f"select * from {self.relation(model)}"
        fields = ", ".join(f"'{name}': '{kind}'" for name, kind in kinds.items())
        return f"{{{{ fitted_fields('{owner}', '{model}', {{{fields}}}) }}}}"

    def currency(self) -> str:
        """The var itself."""
        return "'{{ var('currency') }}'"


@dataclass(frozen=True)
class Warehouse(Dialect):
    """For a warehouse in DuckDB, opened beside dbt.

    Attributes:
        timezone: var `timezone`.
        of_currency: var `currency`.
        names_fitted: var `fitted`.
    """

    timezone: str
    of_currency: str
    names_fitted: frozenset[str]

    @property
    def text_type(self) -> str:
        """The type of texts."""
        return "varchar"

    def _quoted(self, column: str) -> str:
        return '"' + column.replace('"', '""') + '"'

    def text(self, value: str) -> str:
        """A literal."""
        return "'" + value.replace("'", "''") + "'"

    def relation(self, name: str) -> str:
        """The table of this name."""
        return name

    def day(self, moment: str) -> str:
        """The day in the zone."""
        if self.timezone.upper() in _UTC:
            return f"cast({moment} as date)"
        zone = self.text(self.timezone)
        return f"cast((({moment} at time zone 'UTC') at time zone {zone}) as date)"

    def days_between(self, earlier: str, later: str) -> str:
        """A difference."""
        return f"(cast({later} - {earlier} as integer))"

    def days_after(self, day: str, days: str) -> str:
        """A sum."""
        return f"({day} + cast({days} as integer))"

    def fitted(self, owner: str, model: str, kinds: Mapping[str, str], is_optional: bool) -> str:
        """The table, or nobody."""
        if owner in self.names_fitted:
            return f"select * from {model}"
        nulls = ", ".join(
            f"cast(null as {'double' if kind == 'number' else 'varchar'}) as {name}"
            for name, kind in kinds.items()
        )
        return (
            "select cast(null as varchar) as contact_id, cast(null as date) as as_of_date,"
            f" {nulls} where false"
        )

    def currency(self) -> str:
        """The value of the var."""
        return self.text(self.of_currency)


def _template_text(value: str) -> str:
    """A text as a template writes it: what is in it is never run."""
    escaped = value.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n")
    return f"'{escaped}'"


def _argument(sql: str) -> str:
    """SQL as an argument of a macro: a text, or another macro's result."""
    inner = re.fullmatch(r"\{\{ (.*) \}\}", sql)
    return inner[1] if inner else _template_text(sql)
