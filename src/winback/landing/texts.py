"""Small files read whole, whatever they are: headers and values, or prose."""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import json
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from winback.landing.archives import ARCHIVE_ERRORS
from winback.landing.catalog import Layout
from winback.landing.decode import BOMS, GZIP_ERRORS, OTHER_KINDS, Refused
from winback.landing.header import DELIMITERS
from winback.landing.jsonlines import unfolded
from winback.landing.suspicious import looks_like
from winback.landing.workbook import EMPTY_SHEET, as_text, open_sheet, sheet_names

MAX_BYTES = 16 << 20
_TEXTS = (".csv", ".tsv", ".txt")
_JSON = (".json", ".jsonl", ".ndjson")
_WORKBOOKS = (".xlsx", ".xlsm")
_AT = re.compile(r"[@\uff20\ufe6b]|&#64;|%40|[(\[{] ?at ?[)\]}]", re.IGNORECASE)
_LETTER = re.compile(r"[^\W\d_]")
_WORD = re.compile(r"[^\W\d_]{2,}")
_NUMBER = re.compile(r"\d{5,}|(?<!\d)(?!19|20)\d{4}(?!\d)")


@dataclass(frozen=True)
class Sheet:
    """A table.

    Attributes:
        headers: its header row; of JSON, all keys.
        cells: the different values that hold a letter.
        counts: headers above whole numbers alone, one of them above 1: how many, not whether.
    """

    headers: list[str]
    cells: set[str]
    counts: frozenset[str] = frozenset()


class Reader:
    """Reads small files; the archive that was opened last stays open for its next member."""

    def __init__(self) -> None:
        """Open nothing yet."""
        self._archive: zipfile.ZipFile | None = None
        self._path: Path | None = None

    def __enter__(self) -> Self:
        """Return this reader, to be closed."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close what is open."""
        if self._archive is not None:
            self._archive.close()

    def sheets(self, path: Path, member: str | None, name: str) -> list[Sheet] | None:
        """Return the tables of a file in which no address stands.

        Args:
            path: the file on disk (the archive, for a member).
            member: name inside the archive; None for a loose file.
            name: what the file is called.

        Returns:
            None where anything is in doubt: large, damaged, packed, no table, an address in it.
        """
        lower = name.lower()
        if lower.endswith(_WORKBOOKS):
            return _workbook(path) if member is None and path.is_file() else None
        lower = lower.removesuffix(".gz")
        if not lower.endswith((*_TEXTS, *_JSON)):
            return None
        text = self._text(path, member, name)
        if text is None or _AT.search(text):
            return None
        return _json(text) if lower.endswith(_JSON) else _text(text)

    def is_prose(self, path: Path, member: str | None, name: str) -> bool:
        """Tell whether a .txt file holds sentences, and in them no address, no number such as
        people have, no word of mail and none for leaving."""
        text = self._text(path, member, name) if name.lower().endswith(".txt") else None
        if text is None or _AT.search(text) or _NUMBER.search(text):
            return False
        lines = [line.strip() for line in text.splitlines() if line.strip()]
        sentences = sum(len(_WORD.findall(line)) >= 3 for line in lines)
        is_about_mail = "mail" in text.casefold() or any(looks_like(line) for line in lines)
        return sentences * 2 >= len(lines) > 0 and not is_about_mail

    def _text(self, path: Path, member: str | None, name: str) -> str | None:
        try:
            data = self._bytes(path, member)
            if name.lower().endswith(".gz"):
                data = gzip.GzipFile(fileobj=io.BytesIO(data)).read(MAX_BYTES + 1)
        except (*ARCHIVE_ERRORS, *GZIP_ERRORS):
            return None
        return _decode(data) if 0 < len(data) <= MAX_BYTES else None

    def _bytes(self, path: Path, member: str | None) -> bytes:
        """Return the bytes of a file, one more than are looked at where there are more."""
        if not path.is_file():
            return b""
        if member is None:
            with path.open("rb") as stream:
                return stream.read(MAX_BYTES + 1)
        if self._archive is None or self._path != path:
            self.__exit__()
            self._archive, self._path = zipfile.ZipFile(path), path
        with self._archive.open(member) as stream:
            return stream.read(MAX_BYTES + 1)


def _decode(data: bytes) -> str | None:
    if any(data.lstrip().lower().startswith(start) for start, _ in OTHER_KINDS):
        return None
    encoding = next((known for bom, known in BOMS if data.startswith(bom)), "utf-8")
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        text = data.decode("windows-1252", "replace")
    return None if "\0" in text else text.lstrip(codecs.BOM_UTF8.decode())


def _text(text: str) -> list[Sheet] | None:
    lines = [line for line in text.splitlines() if line.strip(" ,;|\t")]
    if lines and lines[0].strip('"').lower().startswith("sep="):
        lines = lines[1:]
    # reports say in lines of comment what they are
    while lines and lines[0].startswith("#"):
        lines = lines[1:]
    if not lines:
        return None
    delimiter = max(DELIMITERS, key=lines[0].count)
    try:
        rows = list(csv.reader(lines, delimiter=delimiter, strict=True))
    except csv.Error:
        return None
    return _sheets(rows)


def _sheets(rows: list[list[str]]) -> list[Sheet] | None:
    """Return a table; None where its first row is narrower than another: a title, or no header."""
    widths = [_width(row) for row in rows]
    if not rows or max(widths) > widths[0]:
        return None
    cells = {cell.strip() for row in rows[1:] for cell in row}
    counts = frozenset(
        header
        for place, header in enumerate(rows[0])
        if _are_counts({row[place].strip() for row in rows[1:] if place < len(row)} - {""})
    )
    return [Sheet(rows[0], {cell for cell in cells if _LETTER.search(cell)}, counts)]


def _are_counts(values: set[str]) -> bool:
    """Tell whether values are whole numbers, of which one is more than a flag."""
    numbers = {value.replace(",", "") for value in values}
    return all(value.isdecimal() for value in numbers) and bool(numbers - {"0", "1"})


def _width(row: list[str]) -> int:
    """The place of the last cell that holds something."""
    return max((place for place, cell in enumerate(row, start=1) if cell.strip()), default=0)


def _json(text: str) -> list[Sheet] | None:
    text = unfolded(text.encode()).decode()
    try:
        found = [json.loads(text)]
    except (ValueError, RecursionError):
        try:
            found = [json.loads(line) for line in text.splitlines() if line.strip()]
        except (ValueError, RecursionError):
            return None
    headers: dict[str, None] = {}
    cells: set[str] = set()
    for key, value in _leaves(found):
        headers.setdefault(key)
        if isinstance(value, str) and _LETTER.search(value):
            cells.add(value.strip())
    return [Sheet(list(headers), cells)]


def _leaves(found: object) -> Iterator[tuple[str, object]]:
    """Yield each key with its value, at any depth."""
    waiting = [found]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            for key, inner in value.items():
                yield key, inner
                waiting.append(inner)
        elif isinstance(value, list):
            for inner in value:
                yield from [("value", inner)] if isinstance(inner, str) else ()
                waiting.append(inner)


def _workbook(path: Path) -> list[Sheet] | None:
    sheets: list[Sheet] = []
    try:
        for name in sheet_names(path):
            try:
                opened = open_sheet(path, Layout(files=(), sheet=name))
            except Refused as problem:
                if str(problem) == EMPTY_SHEET:
                    continue
                return None
            if opened.not_computed:
                return None
            rows = [opened.header, *([as_text(cell) for cell in row] for _, row in opened.rows)]
            found = _sheets(rows)
            if found is None or any(_AT.search(cell) for row in rows for cell in row):
                return None
            sheets += found
    except Refused:
        return None
    return sheets
