"""`_mapping.yml`: how the files of one account's folder are to be read, in the user's words.

It names, for files of the user's own, the entity they hold, their headers, formats and words. What
it makes is a `Table` like any other, so that the loader reads such a file as it reads all files.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from pathlib import Path

import yaml

from winback.errors import hint
from winback.landing.catalog import ENCODINGS, Column, Layout, Table, find_encoding, is_one_byte
from winback.landing.convert import Conversion
from winback.landing.date_formats import FormatReader
from winback.landing.labels import normalise
from winback.landing.suspicious import LEAVING, looks_like

NAMES = ("_mapping.yml", "_mapping.yaml")
KEYS = (
    "entity",
    "pattern",
    "delimiter",
    "encoding",
    "sheet",
    "header_row",
    "headers",
    "date_order",
    "date_formats",
    "timezone",
    "decimal_mark",
    "thousands_mark",
    "words",
    "constants",
)
# only where the system's staging reads one declared format can values be brought to it
PLAIN_KEYS = KEYS[KEYS.index("date_order") :]
DELIMITER_WORDS = {"comma": ",", "semicolon": ";", "tab": "\t", "\\t": "\t", "pipe": "|"}
BOOLEANS = ("true", "false")
MAX_HEADER_ROW = 1000
_ISO_DAY = re.compile(r"\d{4}-\d\d-\d\d(?:[ T]\d\d:\d\d(?::\d\d)?(?:Z|[+-]\d\d:?\d\d)?)?")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")


@dataclass
class AccountMapping:
    """What the `_mapping.yml` of a folder says.

    Attributes:
        source_file: its path relative to the landing folder.
        entries: pattern in lower case and the table its files belong to, longest pattern first.
        problem: all mistakes in it; None when there is none. Then no entry holds.
        used: patterns that some file fitted.
    """

    source_file: str
    entries: list[tuple[str, Table]] = field(default_factory=list)
    problem: str | None = None
    used: set[str] = field(default_factory=set)

    @property
    def unused(self) -> list[str]:
        """The patterns that no file fitted."""
        return [pattern for pattern, _ in self.entries if pattern not in self.used]


def read_mapping(path: Path, source_file: str, tables: Iterable[Table]) -> AccountMapping:
    """Read a `_mapping.yml`. Never raises: every mistake is in `problem`.

    Args:
        path: the file.
        source_file: how messages call it.
        tables: the tables of its system.
    """
    found = AccountMapping(source_file)
    reader = _Reader({table.name: table for table in tables})
    reader.read(path)
    if reader.mistakes:
        mistakes = [text for _, text in sorted(reader.mistakes)]
        word = "a mistake" if len(mistakes) == 1 else f"{len(mistakes)} mistakes"
        listed = "".join(f" ({at}) {mistake}" for at, mistake in enumerate(mistakes, start=1))
        found.problem = f"{word}, so that no file of this folder is read:{listed}"
    else:
        found.entries = sorted(reader.entries, key=lambda entry: -len(entry[0]))
    return found


class _Reader(FormatReader):
    """Reads one mapping and collects all that is wrong with it."""

    def __init__(self, tables: Mapping[str, Table]) -> None:
        super().__init__()
        self._tables = tables
        self._system = next((table.system for table in tables.values()), "")
        self.entries: list[tuple[str, Table]] = []

    def read(self, path: Path) -> None:
        root = self._compose(path)
        if root is None:
            return
        top = self._map(root, "", ("files",))
        if top is None:
            return
        if "files" not in top:
            self._wrong(
                root, "", "`files:` is missing: a list with one entry for each kind of file"
            )
            return
        for node in self._list(top["files"], "files") or []:
            entry = self._map(node, "files", KEYS)
            if entry is not None:
                self._entry(node, entry)

    def _entry(self, node: yaml.Node, entry: dict[str, yaml.Node]) -> None:
        patterns = self._patterns(node, entry)
        table = self._entity(node, entry)
        if table is None:
            return
        if not table.is_plain:
            for key in entry:
                if key in PLAIN_KEYS:
                    self._wrong(
                        entry[key],
                        key,
                        f"not for {table.system}: its layout fixes formats and words;"
                        " delimiter, encoding, sheet, header_row and headers can be named here",
                    )
            entry = {key: value for key, value in entry.items() if key not in PLAIN_KEYS}
        headers, copies = self._headers(entry, table)
        constants = self._constants(entry, table, headers)
        times, days, epochs = self._dates(entry)
        decimal_mark, thousands_mark = self._marks(entry)
        words = self._words(entry, table)
        self._check_turned_round(entry, table, headers, {column for column, _ in words})
        conversion = Conversion(
            times,
            days,
            epochs,
            self._timezone(entry),
            decimal_mark,
            thousands_mark,
            words,
            tuple(
                (column.name, column.words or BOOLEANS)
                for column in table.columns
                if column.name in dict(words) and (column.words or column.kind == "boolean")
            ),
            constants,
            copies,
        )
        layout = self._layout(entry, table)
        taken = {normalise(label) for labels in headers.values() for label in labels}
        mapped = replace(
            table,
            columns=tuple(
                _mapped(column, headers, taken, layout.own_columns_from is not None)
                for column in table.columns
            ),
            layout=layout,
            conversion=conversion,
        )
        self.entries += [(pattern, mapped) for pattern in patterns]

    def _patterns(self, node: yaml.Node, entry: dict[str, yaml.Node]) -> list[str]:
        if "pattern" not in entry:
            self._wrong(node, "pattern", "missing: the name of the file expected, * for any text")
            return []
        found = []
        for one, text in self._texts(entry["pattern"], "pattern"):
            pattern = text.lower()
            if pattern in found or any(pattern == former for former, _ in self.entries):
                self._wrong(one, "pattern", f"{text} is there twice: keep one")
            elif pattern.startswith(("/", "../")) or "\\" in pattern:
                self._wrong(one, "pattern", f"{text}: a name below this folder expected")
            else:
                found.append(pattern)
        return found

    def _entity(self, node: yaml.Node, entry: dict[str, yaml.Node]) -> Table | None:
        known = ", ".join(self._tables)
        if "entity" not in entry:
            self._wrong(node, "entity", f"missing: one of {known} expected")
            return None
        name = self._text(entry["entity"], "entity")
        if name is None:
            return None
        if name not in self._tables:
            near = hint(name, self._tables)
            self._wrong(
                entry["entity"], "entity", f"{self._system} has no {name or 'nothing'}{near} "
                f"one of {known} expected",
            )  # fmt: skip
            # the rest is looked at as if the nearest were meant: all mistakes are told at once
            nearest = get_close_matches(name, list(self._tables), n=1, cutoff=0.5)
            return self._tables[nearest[0]] if nearest else None
        return self._tables[name]

    def _layout(self, entry: dict[str, yaml.Node], table: Table) -> Layout:
        layout = table.layout
        if "delimiter" in entry:
            text = self._text(entry["delimiter"], "delimiter")
            sign = DELIMITER_WORDS.get(text or "", text)
            if text is not None and (not is_one_byte(sign) or sign == layout.quote):
                self._wrong(
                    entry["delimiter"],
                    "delimiter",
                    f"one of {', '.join(map(repr, (',', ';', '|')))} or tab expected,"
                    f" found {text!r}",
                )
            elif text is not None:
                layout = replace(layout, delimiter=sign)
        if "encoding" in entry:
            text = self._text(entry["encoding"], "encoding")
            encoding = find_encoding(text.strip()) if text else None
            if text is not None and encoding is None:
                near = hint(text, ("utf-8", "utf-16", "windows-1252", "latin-1"))
                self._wrong(
                    entry["encoding"],
                    "encoding",
                    f"{text!r} is not known{near} {ENCODINGS} expected",
                )
            elif encoding:
                layout = replace(layout, encoding=encoding)
        if "sheet" in entry:
            layout = replace(layout, sheet=self._text(entry["sheet"], "sheet") or None)
        if "header_row" in entry:
            text = self._text(entry["header_row"], "header_row") or ""
            if text.isdecimal() and 1 <= int(text[:6]) <= MAX_HEADER_ROW:
                layout = replace(layout, header_row=int(text))
            else:
                self._wrong(
                    entry["header_row"], "header_row",
                    f"a line number from 1 to {MAX_HEADER_ROW} expected, found {text!r}",
                )  # fmt: skip
        return layout

    def _column(self, node: yaml.Node, where: str, name: str, table: Table) -> Column | None:
        for column in table.columns:
            if column.name == name:
                return column
        names = [column.name for column in table.columns]
        self._wrong(
            node, where, f"{table.name} has no column {name}{hint(name, names)} its columns are:"
            f" {', '.join(names)}",
        )  # fmt: skip
        return None

    def _headers(
        self, entry: dict[str, yaml.Node], table: Table
    ) -> tuple[dict[str, tuple[str, ...]], tuple[tuple[str, str], ...]]:
        if "headers" not in entry:
            return {}, ()
        headers: dict[str, tuple[str, ...]] = {}
        copies = []
        for name, node in (self._map(entry["headers"], "headers", None) or {}).items():
            where = f"headers, {name}"
            column = self._column(node, where, name, table)
            labels = tuple(text for _, text in self._texts(node, where))
            if column is None or not labels:
                continue
            mine = {normalise(label) for label in labels}
            for other, theirs in headers.items():
                shared = mine & {normalise(label) for label in theirs}
                if not shared:
                    continue
                if mine == {normalise(label) for label in theirs}:
                    copies.append((name, other))
                else:
                    self._wrong(
                        node, where, f"{labels[0]} is named for {other} too: one header feeds two"
                        " columns only if both name the same list",
                    )  # fmt: skip
                break
            else:
                headers[name] = labels
        return headers, tuple(copies)

    def _constants(
        self, entry: dict[str, yaml.Node], table: Table, headers: dict[str, tuple[str, ...]]
    ) -> tuple[tuple[str, str], ...]:
        if "constants" not in entry:
            return ()
        found = []
        for name, node in (self._map(entry["constants"], "constants", None) or {}).items():
            where = f"constants, {name}"
            column = self._column(node, where, name, table)
            value = self._text(node, where)
            if column is None or value is None:
                continue
            if name in headers:
                self._wrong(node, where, "the column has a header too: keep one of the two")
            elif not value.strip():
                self._wrong(node, where, "a value expected, found nothing")
            else:
                self._check_value(node, where, column, value.strip())
                found.append((name, value.strip()))
        return tuple(found)

    def _check_turned_round(
        self,
        entry: dict[str, yaml.Node],
        table: Table,
        headers: dict[str, tuple[str, ...]],
        worded: set[str],
    ) -> None:
        """Note a header that sounds like an opt-out and feeds a column where yes is a yes to mail:
        only `words` can say what its yes means."""
        for column in table.columns:
            if column.name in worded or not (
                column.kind == "boolean" or "unsubscribed" in column.words
            ):
                continue
            for label in headers.get(column.name, ()):
                kind = looks_like(label)
                if kind in LEAVING:
                    self._wrong(
                        entry["headers"], f"headers, {column.name}", f"{label} sounds like {kind}:"
                        f" name under `words`, {column.name} what each of its values means, such as"
                        f" yes: {'unsubscribed' if column.words else 'false'}",
                    )  # fmt: skip

    def _check_value(self, node: yaml.Node, where: str, column: Column, value: str) -> None:
        """Note a value that the column's staging would not take."""
        expected = None
        if column.words or column.kind == "boolean":
            words = column.words or BOOLEANS
            if value not in words:
                near = hint(value, words)
                self._wrong(
                    node, where, f"found {value!r}{near} one of {', '.join(words)} expected"
                )
        elif column.kind in ("time", "date") and not _ISO_DAY.fullmatch(value):
            expected = "a date such as 2026-04-05"
        elif column.kind == "number" and not _NUMBER.fullmatch(value):
            expected = "a number such as 12.5"
        if expected:
            self._wrong(node, where, f"{expected} expected, found {value!r}")

    def _words(
        self, entry: dict[str, yaml.Node], table: Table
    ) -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
        if "words" not in entry:
            return ()
        found = []
        for name, node in (self._map(entry["words"], "words", None) or {}).items():
            where = f"words, {name}"
            column = self._column(node, where, name, table)
            if column is None:
                continue
            if column.kind in ("id", "time", "date", "number"):
                self._wrong(
                    node, where, f"{name} is a {column.kind}: words can be named for columns of"
                    " words and yes or no",
                )  # fmt: skip
                continue
            pairs: dict[str, str] = {}
            for own, target in (self._map(node, where, None) or {}).items():
                value = self._text(target, where)
                key = own.strip().lower()
                if value is None:
                    continue
                if key in pairs:
                    self._wrong(target, where, f"{own} is there twice, large or small: keep one")
                self._check_value(target, f"{where}, {own}", column, value.strip())
                pairs[key] = value.strip()
            found.append((name, tuple(pairs.items())))
        return tuple(found)


def _mapped(
    column: Column, headers: dict[str, tuple[str, ...]], taken: set[str], has_own_start: bool
) -> Column:
    """Return a column as the mapping has it: what it names must be there, under that name."""
    if column.name in headers:
        # where it stands and what it holds no longer matter: the user has said which it is
        return replace(
            column,
            headers=headers[column.name],
            required=True,
            content="",
            owner_named=has_own_start,
            told_by=(),
        )
    left = tuple(label for label in column.headers if normalise(label) not in taken)
    return replace(column, headers=left or column.headers)
