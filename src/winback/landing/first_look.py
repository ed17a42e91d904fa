"""What is seen of a file before anything is known of it: encoding, header row, some rows."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from winback.landing.catalog import Layout
from winback.landing.decode import BOMS, Refused, open_text, read_bytes
from winback.landing.encoding import is_saved_as_ansi
from winback.landing.header import DELIMITERS
from winback.landing.workbook import PARTLY_READ, as_text, open_sheet

HEAD_BYTES = 4 << 20
SAMPLE_ROWS = 5_000
HEADER_SEARCH = 20


@dataclass
class Sample:
    """What was seen of a file.

    Attributes:
        names: header names.
        rows: texts below them.
        header_row: number of the header row.
        first_row: number of the first row that is not blank.
        settings: lines of the mapping that say how the file is written.
        notes: comments.
    """

    names: list[str]
    rows: list[list[str]]
    header_row: int
    first_row: int
    settings: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def values(self, place: int) -> list[str]:
        """Return the values of a column that are not empty."""
        cells = (row[place].strip() for row in self.rows if place < len(row))
        return [cell for cell in cells if cell]


def read_workbook(path: Path) -> Sample:
    """Look at the first sheet of an Excel workbook that holds something."""
    sheet = open_sheet(path, Layout(files=()))
    rows = [[as_text(value) for value in values] for _, values in islice(sheet.rows, SAMPLE_ROWS)]
    sample = Sample(sheet.header, rows, sheet.header_row, sheet.header_row)
    # a title above the table: the header is the first row that is as wide as what follows
    width = Counter(sum(map(bool, row)) for row in rows).most_common(1)
    filled = sum(map(bool, sheet.header))
    if width and filled < width[0][0] / 2:
        for at, row in enumerate(rows[:HEADER_SEARCH]):
            if sum(map(bool, row)) >= width[0][0]:
                number = sheet.header_row + at + 1
                sample = Sample(row, rows[at + 1 :], number, sheet.header_row)
                break
    sample.notes += [
        note for note in sheet.notes if note.startswith(("of this workbook", PARTLY_READ))
    ]
    return sample


def read_text(path: Path) -> Sample:
    """Look at a text file with a delimiter.

    Raises:
        Refused: it is empty.
    """
    with open_text(path) as stream:
        head = read_bytes(stream, HEAD_BYTES)
    settings = []
    encoding = next((name for mark, name in BOMS if head.startswith(mark)), None)
    if encoding is None:
        encoding = "utf-8"
        if is_saved_as_ansi(path, is_whole=True):
            encoding = "windows-1252"
            settings.append(
                "encoding: windows-1252  # or another: look at a few names with accents"
            )
    text = head.decode(encoding, "replace").removeprefix("\ufeff")
    if len(head) == HEAD_BYTES:
        text = text[: text.rfind("\n") + 1]
    lines = text.splitlines()
    before = 1 if lines and re.match(r'"?sep=.', lines[0], re.IGNORECASE) else 0
    blank = before
    while blank < len(lines) and not lines[blank].strip(" ,;\t|"):
        blank += 1
    if blank == len(lines):
        raise Refused("the file is empty: a header row was expected")
    best: tuple[float, int, str, list[list[str]]] | None = None
    body = "\n".join(lines[blank:])
    for delimiter in DELIMITERS:
        rows = list(islice(csv.reader(io.StringIO(body), delimiter=delimiter), SAMPLE_ROWS))
        width, support = Counter(map(len, rows)).most_common(1)[0]
        score = (support / len(rows) if width > 1 else 0.0, width, delimiter, rows)
        if best is None or score[:2] > best[:2]:
            best = score
    assert best is not None  # there are delimiters
    share, width, delimiter, rows = best
    if share:
        shown = {"\t": "tab"}.get(delimiter, f'"{delimiter}"')
        settings.insert(0, f"delimiter: {shown}")
    # a title above the table: the header is the first row as wide as most
    at = next((at for at, row in enumerate(rows[:HEADER_SEARCH]) if len(row) == width), 0)
    sample = Sample(rows[at], rows[at + 1 :], blank + at + 1, blank + 1, settings)
    return sample
