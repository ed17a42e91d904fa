"""Which field of a file feeds which declared column."""

from __future__ import annotations

import re
from dataclasses import dataclass

from winback.landing.catalog import Table
from winback.landing.decode import Refused

DELIMITERS = {",": "a comma", ";": "a semicolon", "\t": "a tab", "|": "a vertical bar"}
SHOWN_HEADERS = 40
# an address, a number, date or phone number, a long run of digits, a truth value
_DATA = re.compile(
    r"@|^[\d\s.,:/()TZ+-]*\d[\d\s.,:/()TZ+-]*$|\d{5}|^(?:true|false|null)$", re.IGNORECASE
)


@dataclass(frozen=True)
class Binding:
    """Where each column is found.

    Attributes:
        fields: number of fields of a full record.
        columns: declared column name -> field index; absent columns are not in it.
        extra: header of an undeclared field -> field index.
    """

    fields: int
    columns: dict[str, int]
    extra: dict[str, int]


def normalise(header: str) -> str:
    """Return a header as it is compared: trimmed, one space between words, lower case."""
    return " ".join(header.replace("\ufeff", "").split()).casefold()


def bind(table: Table, found: list[str], delimiter: str | None = None) -> Binding:
    """Match the headers of a file with the columns of its table.

    Args:
        table: what is declared.
        found: header names in file order.
        delimiter: the one they were split by; None where there is none (JSON, Parquet).

    Raises:
        Refused: a mandatory column is missing, a header is there twice, nothing matches, or the
            header row is split by another character.
    """
    places: dict[str, list[int]] = {}
    for index, header in enumerate(found):
        places.setdefault(normalise(header), []).append(index)
    columns: dict[str, int] = {}
    for column in table.columns:
        for label in column.headers:
            at = places.get(normalise(label), [])
            at = [index for index in at if index not in columns.values()]
            if len(at) > 1:
                numbers = " and ".join(str(index + 1) for index in at)
                raise Refused(
                    f"the header {found[at[0]].strip()!r} is there {len(at)} times"
                    f" (columns {numbers}): remove or rename all but one"
                )
            if at:
                columns[column.name] = at[0]
                break
    missing = [
        _labels(column.headers)
        for column in table.columns
        if column.required and column.name not in columns
    ]
    headers = {column.name: column.headers for column in table.columns}
    for group in table.layout.require_any:
        if not any(name in columns for name in group):
            missing.append(" or ".join(_labels(headers[name]) for name in group))
    if missing or not columns:
        if delimiter is not None:
            _blame_delimiter(table, found, delimiter)
        if not missing:
            first = ", ".join(_labels(column.headers) for column in table.columns[:8])
            raise Refused(f"no known header: expected some of {first}; found {_show(table, found)}")
        word = "header" if len(missing) == 1 else "headers"
        raise Refused(f"missing {word} {', '.join(missing)}; found {_show(table, found)}")
    if delimiter is not None and len(found) == 1 and len(table.columns) > 1:
        _blame_delimiter(table, found, delimiter)
    extra: dict[str, int] = {}
    taken = set(columns.values())
    for index, header in enumerate(found):
        if index in taken:
            continue
        base = header.replace("\ufeff", "").strip() or f"column_{index + 1}"
        name, copy = base, 2
        while name in extra:
            name, copy = f"{base} ({copy})", copy + 1
        extra[name] = index
    return Binding(len(found), columns, extra)


def _labels(headers: tuple[str, ...]) -> str:
    shown = [f"“{header}”" for header in headers[:4]]
    return shown[0] if len(shown) == 1 else f"{shown[0]} (or {', '.join(shown[1:])})"


def _show(table: Table, found: list[str]) -> str:
    """List headers. Where one looks like data the row may be somebody: known labels only."""
    names = [" ".join(header.split()) for header in found]
    data = sum(_looks_like_data(name) for name in names)
    if data:
        labels = {normalise(label) for column in table.columns for label in column.headers}
        known = [name for name in names if normalise(name) in labels]
        fields = "field" if len(names) == 1 else "fields"
        return (
            f"{len(names)} {fields}, of which {data} "
            + ("looks like data" if data == 1 else "look like data")
            + (f" and these are known: {', '.join(known)}" if known else "")
            + ": is the header row missing?"
        )
    text = ", ".join(name or "(empty)" for name in names[:SHOWN_HEADERS])
    if len(names) > SHOWN_HEADERS:
        text += f" and {len(names) - SHOWN_HEADERS} more"
    return text


def _looks_like_data(name: str) -> bool:
    return bool(_DATA.search(name)) or len(name) > 60


def _blame_delimiter(table: Table, found: list[str], delimiter: str) -> None:
    """Refuse with the delimiter as cause if another one fits the header row better."""
    row = delimiter.join(found)
    known = {normalise(label) for column in table.columns for label in column.headers}

    def hits(character: str) -> int:
        cells = (cell.strip().strip('"') for cell in row.split(character))
        return sum(normalise(cell) in known for cell in cells)

    others = {character: hits(character) for character in DELIMITERS if character != delimiter}
    best = max(others, key=lambda character: others[character])
    if others[best] > max(hits(delimiter), 1):
        raise Refused(
            f"wrong delimiter: the header row is separated by {DELIMITERS[best]},"
            f" {DELIMITERS.get(delimiter, repr(delimiter))} is declared:"
            f" export with the declared one, or set `delimiter: {best!r}` for this table"
        )
