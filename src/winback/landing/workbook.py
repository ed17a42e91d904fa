"""Excel workbooks: one sheet, every cell as the text it would have in a text file."""

from __future__ import annotations

import csv
import re
import zipfile
from collections import Counter
from collections.abc import Container, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from winback.landing.archives import ARCHIVE_ERRORS
from winback.landing.catalog import Layout
from winback.landing.decode import CHUNK, Refused, is_out_of_room
from winback.landing.summary import LOOK
from winback.landing.suspicious import looks_like

MAX_FILE_BYTES = 256 << 20
MAX_UNPACKED_BYTES = 2 << 30
# the reader keeps the whole rectangle of used cells in memory: about 32 bytes each
MAX_CELLS = 32_000_000
# Excel keeps 15 digits of a number; of a longer one the rest is lost, and E notation says so
EXACT_BELOW = 10**15
OLE = b"\xd0\xcf\x11\xe0"
EMPTY_SHEET = "the sheet is empty: a header row was expected"
SAVE_AS = "save it as .xlsx or as CSV UTF-8"
DAMAGED = (
    "the workbook is damaged or incomplete: open it in Excel, save it as .xlsx, and copy it again"
)
_CELL = re.compile(rb"""[\s]r\s*=\s*["']([A-Za-z]{1,3})(\d{1,9})["']""")
_ROW = re.compile(rb"""<(?:\w+:)?row\s[^>]*?\br\s*=\s*["'](\d{1,9})["']""")
_CODED = re.compile(rb"""[\s]r\s*=\s*["'][^"']{0,12}&""")
_ERROR = re.compile(rb"""<(?:\w+:)?c(?P<cell>\s[^>]*?\bt\s*=\s*["']e["'][^>]*)>""")
# a cell with a formula and nothing that came of it; an empty text is something (`t="str"`)
_NOT_COMPUTED = re.compile(
    rb"""<(?:\w+:)?c(?P<cell>\s[^>]*)?>\s*"""
    rb"""<(?:\w+:)?f(?:\s[^>]*)?(?:/>|>[^<]*</(?:\w+:)?f\s*>)\s*"""
    rb"""(?:</(?:\w+:)?c\s*>|(?P<empty><(?:\w+:)?v(?:\s[^>]*)?(?:/>|>\s*</)))"""
)
_TEXT_RESULT = re.compile(rb"""[\s]t\s*=\s*["']str["']""")
# a formula has at most 8,192 signs
_OVERLAP = 1 << 16
_ADDRESS = re.compile(r"[^@\s]@[^@\s.]+\.[^@\s]")
HEADER_LENGTH = 60

PARTLY_READ = "has sheets that were not read and may hold opt-outs:"
SAVE_EACH = ": save each sheet as a file of its own"
# what a cell holds whose value is not there -> how it gets one
NOT_COMPUTED = {
    "formulas that were never computed": "open it in Excel, save it, and copy it again",
    "errors of Excel such as #N/A": "mend them in Excel, and copy it again",
}
MAY_HOLD = ", and may hold opt-outs in them:"
_PARTLY_READ = re.compile(
    "|".join(
        [
            f"{PARTLY_READ}.*?{SAVE_EACH}",
            *(f"has {what}{MAY_HOLD}.*?{cure}" for what, cure in NOT_COMPUTED.items()),
        ]
    ),
    re.DOTALL,
)


@dataclass
class Sheet:
    """The rows of a sheet, and what there is to say of it.

    Attributes:
        header: names of the header row.
        header_row: its number, from 1.
        rows: number and texts of each row below it, empty ones left out.
        last_row: number of the last row that is used.
        above: texts of the rows above the header row.
        notes: for the user.
        not_computed: a key of `NOT_COMPUTED` -> letters of a column, in whichever sheet -> its
            cells with a formula of which no result was saved, as programs write them, or with an
            error; they are read as empty. A `?` where a cell does not say where it stands.
    """

    header: list[str]
    header_row: int
    rows: Iterator[tuple[int, list[Any]]]
    last_row: int
    above: list[str]
    notes: list[str]
    not_computed: dict[str, Counter[str]]

    def note_formulas(self, harmless: Container[int] | None) -> None:
        """Tell of the cells with formulas that were never computed, and with errors.

        Args:
            harmless: places of the columns in which nobody's "no" and no address stands; None where
                the lines of the table cannot say that somebody left.
        """
        for what, columns in self.not_computed.items():
            letters = sorted(columns, key=lambda column: (len(column), column))
            count = columns.total()
            cells = (
                f"{count:,} {'cell' if count == 1 else 'cells'} of column"
                f" {', '.join(letters)} read as empty: {NOT_COMPUTED[what]}"
            )
            is_harmless = harmless is None or all(_index(column) in harmless for column in letters)
            said = f"{what}:" if is_harmless else f"has {what}{MAY_HOLD}"
            self.notes.append(f"{LOOK}: {said} {cells}")


def open_sheet(path: Path, layout: Layout) -> Sheet:
    """Open the sheet of a workbook that the layout names, else the first that is shown.

    Raises:
        Refused: it is no workbook of today's Excel, is encrypted, damaged or too large, or has no
            such sheet or no header row.
    """
    import python_calamine as calamine  # only workbooks pay for this import

    not_computed = _check(path)
    notes: list[str] = []
    try:
        with calamine.load_workbook(str(path)) as book:
            sheets = [
                sheet.name
                for sheet in book.sheets_metadata
                if sheet.typ == calamine.SheetTypeEnum.WorkSheet
            ]
            shown = [
                sheet.name
                for sheet in book.sheets_metadata
                if sheet.typ == calamine.SheetTypeEnum.WorkSheet
                and sheet.visible == calamine.SheetVisibleEnum.Visible
            ]
            name = layout.sheet or next(iter(shown or sheets), None)
            if name is None or name not in sheets:
                listed = ", ".join(sheets) or "none"
                raise Refused(
                    f"the workbook has no sheet named {name}; its sheets are: {listed}"
                    if name
                    else "the workbook has no sheet with cells"
                )
            others = [sheet for sheet in shown if sheet != name]
            unread = [
                sheet
                for sheet in sheets
                if sheet != name and _may_hold_opt_outs(sheet, book.get_sheet_by_name(sheet))
            ]
            if unread:
                notes.append(f"{PARTLY_READ} {', '.join(unread)} (only {name} was read){SAVE_EACH}")
            elif others and not layout.sheet:
                notes.append(
                    f"of this workbook the sheet {name} was read, and not {', '.join(others)};"
                    " name another as `sheet` in the _mapping.yml of this folder"
                )
            sheet = book.get_sheet_by_name(name)
            last_row = sheet.end[0] + 1 if sheet.end else 0
            rows = _numbered(sheet.iter_rows())
            return _below_header(rows, layout.header_row or 1, last_row, notes, not_computed)
    except calamine.PasswordError:
        raise Refused(f"the workbook asks for a password: {SAVE_AS} without one") from None
    except (calamine.CalamineError, OSError) as error:
        if is_out_of_room(error):
            raise
        raise Refused(DAMAGED) from None


def sheet_names(path: Path) -> list[str]:
    """Return the names of all sheets with cells, hidden ones included.

    Raises:
        Refused: as open_sheet.
    """
    import python_calamine as calamine

    _check(path)
    try:
        with calamine.load_workbook(str(path)) as book:
            return [
                sheet.name
                for sheet in book.sheets_metadata
                if sheet.typ == calamine.SheetTypeEnum.WorkSheet
            ]
    except (calamine.CalamineError, OSError) as error:
        if is_out_of_room(error):
            raise
        raise Refused(DAMAGED) from None


def _may_hold_opt_outs(name: str, sheet: Any) -> bool:
    """Tell whether a sheet has addresses in it, or says by its name or a cell that people left."""
    texts = (value for row in sheet.iter_rows() for value in row if isinstance(value, str))
    return any(
        _ADDRESS.search(text) or (len(text) <= HEADER_LENGTH and looks_like(text)) for text in texts
    ) or bool(looks_like(name) and sheet.end)


def partly_read(message: str | None) -> str | None:
    """Return what was told of a file's sheets and formulas that were not read, None for nothing."""
    return "; ".join(_PARTLY_READ.findall(message or "")) or None


def _below_header(
    rows: Iterator[tuple[int, list[Any]]],
    first: int,
    last_row: int,
    notes: list[str],
    not_computed: dict[str, Counter[str]],
) -> Sheet:
    above = []
    for number, values in rows:
        if number < first:
            above.append(" ".join(as_text(value) for value in values))
        elif any(value != "" for value in values):
            header = [as_text(value).strip() for value in values]
            while header and not header[-1]:
                header.pop()
            width = len(values)
            header += [""] * (width - len(header))
            return Sheet(header, number, rows, last_row, above, notes, not_computed)
    raise Refused(EMPTY_SHEET)


def _numbered(rows: Iterator[list[Any]]) -> Iterator[tuple[int, list[Any]]]:
    yield from enumerate(rows, start=1)


def write_sheet(sheet: Sheet, path: Path, marked: dict[int, str]) -> int:
    """Write the rows of a sheet as CSV, the row number first; return how many hold something.

    Args:
        sheet: as opened.
        path: of the CSV file.
        marked: place of a column -> the decimal mark of its numbers, where it is not `.`.
    """
    count = 0
    with path.open("w", encoding="utf-8", newline="") as sink:
        writer = csv.writer(sink, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\n")
        for number, values in sheet.rows:
            texts = [as_text(value) for value in values]
            if not any(texts):
                continue
            for place, mark in marked.items():
                if isinstance(values[place], (int, float)):
                    texts[place] = texts[place].replace(".", mark)
            writer.writerow([number, *texts])
            count += 1
    return count


def as_text(value: Any) -> str:
    """Return a cell as text: ISO dates, whole numbers without `.0`, text as it stands.

    Numbers have the 15 digits that Excel keeps. One with more is in E notation, for its last
    digits are made up.
    """
    if isinstance(value, str):
        # half of a surrogate pair cannot be written as UTF-8
        return value.replace("\0", "").encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        if abs(value) >= EXACT_BELOW or value != value:
            return f"{value:.14E}"
        if value == int(value):
            return str(int(value))
        return format(Decimal(f"{value:.15g}"), "f")
    if isinstance(value, datetime):
        # Excel's times are fractions of a day: to the nearest second
        rounded: datetime = (value + timedelta(microseconds=500_000)).replace(microsecond=0)
        return rounded.isoformat(sep=" ")
    if isinstance(value, (date, time)):
        return str(value.isoformat())
    if isinstance(value, timedelta):
        hours, seconds = divmod(round(value.total_seconds()), 3600)
        return f"{hours:02}:{seconds // 60:02}:{seconds % 60:02}"
    return "" if value is None else str(value)


def _check(path: Path) -> dict[str, Counter[str]]:
    """Refuse what the reader must not see: it ends the program over a rectangle that is too large.

    Every part that it would unpack is unpacked once, against limits, and its cells are counted.

    Returns:
        `not_computed` of `Sheet`.
    """
    size = path.stat().st_size
    if size > MAX_FILE_BYTES:
        raise Refused(
            f"the workbook has {size >> 20:,} MB, at most {MAX_FILE_BYTES >> 20} are read:"
            " save the sheet as CSV UTF-8"
        )
    with path.open("rb") as stream:
        start = stream.read(8)
    if start.startswith(OLE):
        raise Refused(
            f"the workbook asks for a password, or is of Excel before 2007: {SAVE_AS}"
            " without a password"
        )
    if not start.startswith(b"PK"):
        raise Refused(
            "this is no Excel workbook, whatever its name says: some tools write a web page or"
            f" text under that name; open it in Excel and {SAVE_AS}"
        )
    left = MAX_UNPACKED_BYTES
    found: dict[str, Counter[str]] = {what: Counter() for what in NOT_COMPUTED}
    formulas, errors = found.values()
    try:
        with zipfile.ZipFile(path) as archive:
            for member in archive.infolist():
                name = member.filename.lower()
                if not name.endswith((".xml", ".rels", ".bin")):
                    continue
                is_sheet = "worksheets/" in name
                area = _Area()
                with archive.open(member) as part:
                    rest = b""
                    while data := part.read(CHUNK):
                        left -= len(data)
                        if left < 0:
                            raise Refused(
                                f"the workbook unpacks to more than {MAX_UNPACKED_BYTES >> 30} GB:"
                                " save the sheet as CSV UTF-8"
                            )
                        if is_sheet:
                            area.look_at(rest, data)
                            formulas.update(_not_computed(rest, data))
                            errors.update(_errors(rest, data))
                            rest = data[-_OVERLAP:]
                area.check()
    except ARCHIVE_ERRORS as error:
        if is_out_of_room(error):
            raise
        raise Refused(DAMAGED) from None
    return {what: columns for what, columns in found.items() if columns}


def _not_computed(before: bytes, data: bytes) -> Iterator[str]:
    """Yield the column of each cell whose formula has no result, in a piece of XML."""
    piece = before + data
    if b"<f" not in piece and b":f" not in piece:
        return
    for found in _NOT_COMPUTED.finditer(piece):
        attributes = found["cell"] or b""
        is_empty_text = found["empty"] is not None and _TEXT_RESULT.search(attributes)
        if found.end() > len(before) and not is_empty_text:
            yield _column(attributes)


def _errors(before: bytes, data: bytes) -> Iterator[str]:
    """Yield the column of each cell that holds an error, in a piece of XML."""
    for found in _ERROR.finditer(before + data):
        if found.end() > len(before):
            yield _column(found["cell"])


def _column(attributes: bytes) -> str:
    place = _CELL.search(attributes)
    return place[1].decode().upper() if place else "?"


class _Area:
    """The rectangle of used cells of a sheet."""

    def __init__(self) -> None:
        self._rows: list[int] = []
        self._columns: set[bytes] = set()

    def look_at(self, before: bytes, data: bytes) -> None:
        """Widen it by the cells of a piece of XML."""
        piece = before + data
        if _CODED.search(piece) or b"\0" in piece:
            raise Refused(DAMAGED)
        cells = _CELL.findall(piece)
        rows = [int(row) for _, row in cells] + [int(row) for row in _ROW.findall(piece)]
        if rows:
            self._rows += [min(rows), max(rows)]
        self._columns |= {column.upper() for column, _ in cells}

    def check(self) -> None:
        """Refuse a rectangle that would not fit in memory."""
        if not self._rows:
            return
        width = max((_place(column) for column in self._columns), default=1)
        height = max(self._rows)
        if width * height > MAX_CELLS:
            raise Refused(
                f"the sheet reaches to row {height:,} and column {width:,}, more than"
                f" {MAX_CELLS:,} cells: delete the unused rows and columns, or save it as CSV UTF-8"
            )


def _index(column: str) -> int:
    """The place of a column in a row, from 0; below that for `?`."""
    return _place(column.encode()) - 1


def _place(column: bytes) -> int:
    place = 0
    for letter in column:
        place = place * 26 + letter - 64
    return place
