"""What goes wrong with a line or a file on its way into the landing folder."""

from __future__ import annotations

import csv
import io
import random
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, replace


@dataclass
class Line:
    """A file with one line, on its way into the landing folder.

    Attributes:
        header: cells of the header row.
        cells: cells of the line, quoted where the text asks for it.
        roles: index of the column of each role.
        name: file name.
    """

    header: list[str]
    cells: list[str]
    roles: dict[str, int]
    name: str


Damage = Callable[[Line, random.Random], "bytes | Line | None"]


def _cell(role: str, change: Callable[[str, random.Random], str]) -> Damage:
    """A damage to one cell; none where the layout has no such column."""

    def damage(line: Line, draw: random.Random) -> Line | None:
        if role not in line.roles:
            return None
        at = line.roles[role]
        cells = list(line.cells)
        cells[at] = change(cells[at], draw)
        return replace(line, cells=cells)

    return damage


def _text(change: Callable[[Line, random.Random], str], encoding: str = "utf-8") -> Damage:
    def damage(line: Line, draw: random.Random) -> bytes:
        return change(line, draw).encode(encoding, "surrogateescape")

    return damage


def quoted(cells: list[str], delimiter: str = ",") -> str:
    """A line of a CSV file."""
    sink = io.StringIO()
    csv.writer(sink, delimiter=delimiter, lineterminator="\n").writerow(cells)
    return sink.getvalue()


def rows(line: Line, delimiter: str = ",") -> str:
    return quoted(line.header, delimiter) + quoted(line.cells, delimiter)


def _raw_name(text: str) -> Damage:
    """The name's cell replaced by raw text, without the quotes it would need."""

    def change(line: Line, _: random.Random) -> str:
        cells = [quoted([cell]).rstrip("\n") for cell in line.cells]
        cells[line.roles["name"]] = text
        return quoted(line.header) + ",".join(cells) + "\n"

    return _text(change)


def _after(first: Damage, then: Damage) -> Damage:
    """Two damages to one line; none where the layout lacks the column of the first."""

    def damage(line: Line, draw: random.Random) -> bytes | Line | None:
        made = first(line, draw)
        return then(made, draw) if isinstance(made, Line) else None

    return damage


def _garbled(word: str, draw: random.Random) -> str:
    at = draw.randrange(1, len(word) - 1)
    return word[:at] + draw.choice("qxz#~") + word[at + 1 :]


def _cut(line: Line, _: random.Random) -> str:
    """The line ends after whichever comes last of what tells who left and that they did."""
    last = max(at for role, at in line.roles.items() if role in ("address", "word", "id"))
    return quoted(line.header) + quoted(line.cells[: last + 1])


def _renamed(line: Line, _: random.Random) -> str:
    """The column that tells it has a header that no layout knows."""
    role = next(role for role in ("word", "id", "address") if role in line.roles)
    header = list(line.header)
    header[line.roles[role]] = "Spalte " + "ABCDEFGH"[line.roles[role] % 8]
    return quoted(header) + quoted(line.cells)


def _zip(damaged: bool) -> Damage:
    def damage(line: Line, _: random.Random) -> bytes:
        sink = io.BytesIO()
        with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(line.name, rows(line))
        return sink.getvalue()[: -30 if damaged else None]

    return damage


ADDRESSES = {"apostrophe": "o'left{number}@mx.example", "ampersand": "r&left{number}@mx.example"}
"""Addresses of people, by the first word of their damage; all others are left…@mx.example."""

DAMAGES: dict[str, Damage] = {
    "none": lambda line, _: line,
    "date bad": _cell("date", lambda value, _: "31.02.2026 25:99"),
    "date empty": _cell("date", lambda value, _: ""),
    "date in the future": _cell(
        "date", lambda value, _: "4070908800000" if value.isdigit() else "2099-01-01 10:00:00"
    ),
    "date day first": _cell("date", lambda value, _: "01/05/2026 10:00"),
    "date of 1970": _cell(
        "date", lambda value, _: "0" if value.isdigit() else "1970-01-01 00:00:00"
    ),
    "word garbled": _cell("word", _garbled),
    "word unknown": _cell("word", lambda value, _: "Q7"),
    "word in capitals": _cell("word", lambda value, _: f"  {value.upper()} "),
    "id missing": _cell("id", lambda value, _: ""),
    "id in scientific notation": _cell("id", lambda value, _: "1.51235E+11"),
    "id NULL": _cell("id", lambda value, _: "NULL"),
    "count 0": _cell("count", lambda value, _: "0"),
    "address padded": _cell("address", lambda value, _: f"  {value}\u00a0 "),
    "address with a name": _cell("address", lambda value, _: f"Jo Doe <{value}>"),
    "address in quotes": _cell("address", lambda value, _: f"'{value}'"),
    "address with semicolon": _cell("address", lambda value, _: f"{value};"),
    "address in capitals": _cell("address", lambda value, _: value.upper()),
    "address invisible": _cell("address", lambda value, _: value.replace("@", "\u200b@")),
    "two addresses": _cell("address", lambda value, _: f"other.{value}; {value}"),
    "address without a sign": _cell("address", lambda value, _: value.replace("@", " at ")),
    "not UTF-8": _raw_name("Jos\udce9"),
    "half UTF-8": _raw_name("Zo\u00eb Jos\udce9\udc81"),
    "NUL byte": _raw_name("Jo\0e"),
    "stray quote": _raw_name('"Jo'),
    "quote inside": _raw_name('"Jo"e"'),
    "too many columns": _raw_name("Jo,e,n"),
    "too few columns": _text(_cut),
    "line break in the name": _raw_name('"Jo\nseph"'),
    "unknown header": _text(_renamed),
    "semicolons": _text(lambda line, _: rows(line, ";")),
    "sep line": _text(lambda line, _: "sep=;\n" + rows(line, ";")),
    "UTF-16": _text(lambda line, _: "\ufeff" + rows(line), "utf-16-le"),
    "no header": _text(lambda line, _: quoted(line.cells)),
    "no end of line": _text(lambda line, _: rows(line).rstrip("\n")),
    "empty lines": _text(lambda line, _: "\n" + rows(line).replace("\n", "\n\n")),
    "renamed file": lambda line, _: replace(line, name=f"Liste 2026 {line.name[-5:]}"),
    "zip": _zip(False),
    "damaged zip": _zip(True),
    "address with two signs": _cell("address", lambda value, _: value.replace("@", "@@")),
    "address with a comma": _cell("address", lambda value, _: value.replace(".", ",")),
    "apostrophe": lambda line, _: line if "address" in line.roles else None,
    "apostrophe, stray quote": _raw_name('"Jo'),
    "apostrophe, date bad": _cell("date", lambda value, _: "31.02.2026 25:99"),
    "ampersand": lambda line, _: line if "address" in line.roles else None,
    "ampersand, too many columns": _raw_name("Jo,e,n"),
    "ampersand, date bad": _cell("date", lambda value, _: "31.02.2026 25:99"),
    "with a name, too many columns": _after(
        _cell("address", lambda value, _: f"Jo Doe <{value}>"), _raw_name("Jo,e,n")
    ),
    "in quotes, stray quote": _after(
        _cell("address", lambda value, _: f"'{value}'"), _raw_name('"Jo')
    ),
    "link, date bad": _after(
        _cell("address", lambda value, _: f"mailto:{value}?subject=June"),
        _cell("date", lambda value, _: "31.02.2026 25:99"),
    ),
}

TOUCH_THE_WORD = ("none", "word garbled", "word unknown", "word in capitals", "too few columns")
"""Damages that every kind of opt-out meets; of the others see `drawn`."""

NOT_TO_BE_TAKEN_APART = ("stray quote", "quote inside", "too many columns", "NUL byte")
"""Damages of lines that the loader rejects, in which a word has to be found."""


def of_word(word: str) -> Damage:
    """The line says it with another word."""
    return _cell("word", lambda value, _: word)


def of_word_in(word: str, damage: str) -> Damage:
    """The same in a line that cannot be taken apart."""
    return _after(of_word(word), DAMAGES[damage])
