"""What is declared of exports, the loader's only knowledge: tables, their columns and layouts."""

from __future__ import annotations

import codecs
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from difflib import SequenceMatcher
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from winback.declared import read_vars
from winback.errors import UserError
from winback.landing.convert import Conversion
from winback.landing.labels import normalise

TECHNICAL = ("extra", "_source_relation", "_source_file", "_line_number", "_loaded_at")
ENCODINGS = "utf-8, utf-16, windows-1252 or latin-1"
# what a column's text is, for a file of the user's own that writes it in another way
KINDS = ("text", "id", "time", "date", "number", "boolean")

NEAREST = 3
"""How many patterns are named for a file that fits none."""


@dataclass(frozen=True)
class Column:
    """A declared column and how it is found.

    Attributes:
        name: name in the raw table.
        headers: header names it goes by, the most telling first.
        required: whether a file without it is refused.
        content: what its values are (`email`), where its header alone does not tell; else empty.
        owner_named: whether the account's owner may rename it, double it, or give its name to
            another field; it stands before the layout's `own_columns_from`.
        told_by: pairs of value and other column: no column of the file, but the value whose other
            column the file has; empty for a column of the file.
        kind: one of `KINDS`; None where the layout reads formats of its own.
        words: the closed list of its values; empty when any text will do.
        when_absent: what to tell of a file without it; empty when nothing depends on it.
    """

    name: str
    headers: tuple[str, ...]
    required: bool
    content: str = ""
    owner_named: bool = False
    told_by: tuple[tuple[str, str], ...] = ()
    kind: str | None = field(default=None, repr=False)
    words: tuple[str, ...] = field(default=(), repr=False)
    when_absent: str = field(default="", repr=False)  # no part of how a file is read


@dataclass(frozen=True)
class Layout:
    """How the files of a table look.

    Attributes:
        files: file name patterns (fnmatch), without extension.
        format: used when the extension leaves it open.
        delimiter: one character; None means a comma, or a tab in .tsv files.
        encoding: name of a Python text codec.
        quote: one character, or empty when values are never quoted.
        require_any: groups of columns of which at least one must be in the file.
        own_columns_from: header, written exactly so, from which on the columns are the system's
            own; those before it are fields of the account's owner.
        sheet: name of the sheet to read of a workbook; None for the first that is shown.
        header_row: number of the line the header row stands in; None for the first that is not
            blank.
        read_from_extra: regular expressions, lower case, of how headers begin that no column
            declares and that staging reads out of `extra`.
        harmless: patterns, lower case, of headers that sound as if they said who may not be
            mailed, and are about something else.
    """

    files: tuple[str, ...]
    format: str = "csv"
    delimiter: str | None = None
    encoding: str = "utf-8"
    quote: str = '"'
    require_any: tuple[tuple[str, ...], ...] = ()
    own_columns_from: str | None = None
    sheet: str | None = field(default=None, repr=False)
    header_row: int | None = field(default=None, repr=False)
    read_from_extra: tuple[str, ...] = field(default=(), repr=False)
    harmless: tuple[str, ...] = field(default=(), repr=False)

    def knows(self, header: str) -> bool:
        """Tell whether a header that no column declares is read all the same, or is harmless."""
        plain = normalise(header)
        return any(re.match(start, plain) for start in self.read_from_extra) or any(
            fnmatchcase(plain, pattern) for pattern in self.harmless
        )


@dataclass(frozen=True)
class Erasure:
    """Which lines of a table go with a person who is erased (`config: meta: erasure:` of a source).

    A key is a column and what kind of id it holds: `person`, or the identifier of a table.

    Attributes:
        matches: keys by which a line is that of somebody erased.
        gives: keys that are remembered, as hashes, when a line is taken out.
        ids_of: name of the setting of this system that names the one whose ids it has.
        is_about_people: False for a table such as campaigns, of which no line is ever taken out.
    """

    matches: tuple[tuple[str, str], ...] = ()
    gives: tuple[tuple[str, str], ...] = ()
    ids_of: str | None = None
    is_about_people: bool = True


@dataclass(frozen=True)
class Table:
    """A source table: `raw.<identifier>`, as its files, or some files of one account, write it.

    Attributes:
        system: name of the source.
        identifier: name of the raw table.
        columns: its columns.
        layout: how its files look.
        may_hold_opt_outs: whether `opt_outs` is declared: its lines can say "leave".
        name: how the sources YAML calls the table.
        conversion: what an account's `_mapping.yml` says of values; None without one.
    """

    system: str
    identifier: str
    columns: tuple[Column, ...]
    layout: Layout
    may_hold_opt_outs: bool = False
    name: str = ""
    conversion: Conversion | None = None
    erasure: Erasure = Erasure()

    @property
    def lines_of_people(self) -> str | None:
        """The column with the id of whom a line is about, in a table that is no list of contacts;
        None where there is none."""
        columns = [column for column, kind in self.erasure.matches if kind == "person"]
        return columns[0] if columns and not self.is_record else None

    @property
    def is_record(self) -> bool:
        """Tell whether its lines are records of contacts, with ids."""
        return any(kind == "person" for _, kind in self.erasure.gives)

    @property
    def is_sampled(self) -> bool:
        """Tell whether some column is known by its content, so that values have to be looked at."""
        return any(column.content for column in self.columns)

    @property
    def fingerprint(self) -> str:
        """Hash of all that decides how a file is read; a change means reading it again."""
        known: tuple[object, ...] = (self.identifier, self.columns, self.layout)
        # what only a few files have is left out where it is not there: a hash that changes for
        # all files means reading all of them again
        if self.conversion or self.layout.sheet or self.layout.header_row:
            known += (self.conversion, self.layout.sheet, self.layout.header_row)
        if self.layout.read_from_extra or self.layout.harmless:
            known += (self.layout.read_from_extra, self.layout.harmless)
        return hashlib.blake2b(repr(known).encode(), digest_size=16).hexdigest()

    @property
    def in_file(self) -> Table:
        """The table less the columns that no header of a file feeds: constants and copies."""
        if self.conversion is None:
            return self
        given = {*self.conversion.constants_of(), *self.conversion.copies_of()}
        if not given:
            return self
        groups = tuple(group for group in self.layout.require_any if not given & set(group))
        return replace(
            self,
            columns=tuple(column for column in self.columns if column.name not in given),
            layout=replace(self.layout, require_any=groups),
        )

    @property
    def is_plain(self) -> bool:
        """Tell whether its staging reads one declared format, so that others can be converted."""
        return any(column.kind is not None for column in self.columns)


@dataclass(frozen=True)
class Catalog:
    """All declared tables, by system.

    Attributes:
        systems: name of the source -> its tables.
        ignored: name of the source -> patterns of files that its tools bring along unasked.
        not_used: name of the source -> pattern of known files that are not read -> why.
        other_records: name of the source -> what its tools export beside people -> headers that
            only such an export has.
    """

    systems: Mapping[str, tuple[Table, ...]]
    ignored: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    not_used: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    other_records: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)

    @property
    def tables(self) -> list[Table]:
        """Every table of every system."""
        return [table for tables in self.systems.values() for table in tables]

    def reads(self, system: str) -> str:
        """Say which files a system reads, all of them."""
        patterns = self._patterns(system)
        return f"{system} reads files named {', '.join(patterns)}" if patterns else ""

    def nearest(self, system: str, name: str) -> str:
        """Say which files a system reads, those that are named most like this one."""
        stem = name.rsplit("/", 1)[-1].split(".", 1)[0].lower()
        by_likeness = sorted(
            self._patterns(system),
            key=lambda pattern: -SequenceMatcher(None, pattern.strip("*").lower(), stem).ratio(),
        )
        if len(by_likeness) <= NEAREST:
            return self.reads(system)
        listed = ", ".join(by_likeness[:NEAREST])
        return f"{system} reads files named {listed} and others, `winback check` lists them"

    def _patterns(self, system: str) -> list[str]:
        return [pattern for table in self.systems.get(system, ()) for pattern in table.layout.files]


def read_landing_path(project: Path, given: Mapping[str, Any] | None = None) -> Path:
    """Return var `landing_path`, relative to the project; `given` are vars that differ."""
    settings = {**read_vars(project), **(given or {})}
    return project / str(settings.get("landing_path", "data/landing"))


def choose_systems(asked: list[str] | None, catalog: Catalog, project: Path) -> list[str]:
    """Return the systems to read: `asked`, else var `systems`.

    Raises:
        UserError: a system is named that no sources YAML declares.
    """
    if asked is None:
        asked = read_vars(project).get("systems") or list(catalog.systems)
        if not isinstance(asked, list):
            raise UserError(f"dbt_project.yml, vars.systems: a list expected, found {asked!r}")
    asked = [str(name) for name in asked]
    unknown = [name for name in asked if name not in catalog.systems]
    if unknown:
        raise UserError(
            f"unknown system {', '.join(unknown)}: "
            f"models/staging declares {', '.join(catalog.systems) or 'none'}"
        )
    return asked


def find_encoding(name: str) -> str | None:
    """Return the name Python knows a text encoding by; None for what is none."""
    try:
        found = codecs.lookup(name)
        "a".encode(name)
    except (LookupError, ValueError):
        return None
    return found.name


def is_one_byte(value: object) -> bool:
    """Tell whether this can separate or quote values."""
    return isinstance(value, str) and len(value) == 1 and value.isascii() and value not in "\r\n"
