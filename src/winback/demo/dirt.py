"""The faults of real exports, a few of each, every one of them on record.

Faults are added, never put in the place of a good line: what the simulation wrote stays readable,
and a pipeline that handles the faults gets the truth. Two kinds:

- in the text of some files: lines cut short, a quote that never closes, bytes of another encoding,
  dates that are none, times in the future; one file in UTF-16, one with a byte-order mark, one with
  nothing but its header;
- in what is exported when: lines exported twice, an export that overlaps the one before, events
  that arrive months late (`HubspotDelivery`).

Files of fewer than 1,000 lines are left alone, so that faults stay far below one line in a hundred.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa

from winback.demo.files import ExportFile, ExportWriter, random
from winback.demo.folders import PART

SMALLEST = 1_000
FUTURE_SECONDS = 4_070_908_800  # 2099-01-01

Row = dict[str, str]
Fault = Callable[[Row, int], bytes]
"""Makes one faulty line from a good one and the number of the fault."""


def _line(row: Row, encoding: str = "utf-8") -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerow(row.values())
    return text.getvalue().encode(encoding)


def _fresh(number: int) -> str:
    return f"00000000-0000-4000-8000-{number:012d}"


def cut_short(row: Row, number: int) -> bytes:
    """Keep the first columns only, as an interrupted export does."""
    return ",".join(list(row.values())[: max(1, len(row) // 3)]).encode() + b"\n"


def open_quote(row: Row, number: int) -> bytes:
    """Open a quote in the last field and never close it."""
    return ",".join(list(row.values())[:-1]).encode() + b',"sent from my phone\n'


def foreign_bytes(row: Row, number: int) -> bytes:
    """Write a name in Latin-1 into a UTF-8 file."""
    return _line(row | {"merge_fname": "Jérôme", "merge_lname": "Béranger"}, "latin-1")


def event_without_date(row: Row, number: int) -> bytes:
    """Give a HubSpot event a date that is none."""
    return _line(row | {"id": _fresh(number), "created": "30/02/2026 9.30"})


def event_in_future(row: Row, number: int) -> bytes:
    """Give a HubSpot event a time decades ahead."""
    ahead = (FUTURE_SECONDS + number) * 1000
    return _line(row | {"id": _fresh(1000 + number), "created": str(ahead)})


def session_without_date(row: Row, number: int) -> bytes:
    """Give a session a start that is none."""
    return _line(row | {"ga_session_id": str(number), "session_start_timestamp": "(not set)"})


def session_in_future(row: Row, number: int) -> bytes:
    """Give a session a start decades ahead."""
    ahead = str((FUTURE_SECONDS + number) * 1_000_000)
    times = {"session_start_timestamp": ahead, "session_end_timestamp": ahead}
    return _line(row | {"ga_session_id": str(FUTURE_SECONDS + number)} | times)


def open_without_date(row: Row, number: int) -> bytes:
    """Give a granular open a date that is none."""
    return _line(row | {"Timestamp": "2026-02-30 25:61:00"})


def order_without_date(row: Row, number: int) -> bytes:
    """Add an order of its own whose date is none."""
    own = {"Name": f"#X{number}", "Id": str(number), "Created at": "yesterday", "Paid at": ""}
    return _line(row | own)


# file (a pattern on its path), the count among the files that match, then faults by kind
TEXT_FAULTS: list[tuple[str, int, list[tuple[str, int, Fault]]]] = [
    (
        r"hubspot-email-events-\d{4}-\d\d\.csv$",
        1,
        [("malformed", 1, open_quote), ("malformed", 2, cut_short)],
    ),
    (
        r"hubspot-email-events-\d{4}-\d\d\.csv$",
        2,
        [("unparsable", 3, event_without_date), ("future", 2, event_in_future)],
    ),
    (
        r"ga4_sessions_\d+\.csv$",
        2,
        [
            ("malformed", 2, cut_short),
            ("unparsable", 2, session_without_date),
            ("future", 1, session_in_future),
        ],
    ),
    (
        r"granular_activity/opens/",
        3,
        [("malformed", 1, cut_short), ("unparsable", 2, open_without_date)],
    ),
    (
        r"orders_export_\d+\.csv$",
        1,
        [("malformed", 1, cut_short), ("unparsable", 1, order_without_date)],
    ),
    (r"shop_ma/member\.csv$", 0, [("malformed", 2, foreign_bytes)]),
]
ENCODINGS = [
    (r"ga4_sessions_\d+\.csv$", 0, "utf-16"),
    (r"hubspot-crm-exports-clients", 0, "utf-8-sig"),
]


class TextDirt:
    """Adds faults to files as they are written; given to `ExportWriter.after_write`."""

    def __init__(self) -> None:
        """Count the files seen of each pattern."""
        self.seen: dict[str, int] = {}

    def __call__(self, loose: Path, file: ExportFile) -> None:
        """Change one uncompressed CSV, and its record with it."""
        patterns = {rule[0] for rule in (*TEXT_FAULTS, *ENCODINGS)}
        matching = {pattern for pattern in patterns if re.search(pattern, file.path)}
        for pattern in matching:
            self.seen[pattern] = self.seen.get(pattern, -1) + 1
        for pattern, turn, faults in TEXT_FAULTS:
            if pattern in matching and self.seen[pattern] == turn and file.lines >= SMALLEST:
                insert_faults(loose, file, faults)
        for pattern, turn, encoding in ENCODINGS:
            if pattern in matching and self.seen[pattern] == turn:
                recode(loose, encoding)
                file.encoding = encoding


def insert_faults(path: Path, file: ExportFile, faults: list[tuple[str, int, Fault]]) -> None:
    """Insert faulty lines, one every few lines from the middle on, each made from a good line."""
    kinds = [(kind, fault) for kind, times, fault in faults for _ in range(times)]
    fresh = path.with_name(path.name + PART)
    due, number = file.lines // 2, 0
    with path.open("rb") as source, fresh.open("wb") as target:
        header = next(csv.reader([source.readline().decode()]))
        source.seek(0)
        for position, line in enumerate(source):
            target.write(line)
            if number == len(kinds) or position < due:
                continue
            # one whole record on this line, and all of it there: an order's first line
            fields = next(csv.reader([line.decode()]))
            if len(fields) != len(header) or line.count(b'"') % 2 or not all(fields[:2]):
                continue
            row = dict(zip(header, fields, strict=True))
            if row.get("Financial Status") == "":
                continue
            kind, fault = kinds[number]
            number += 1
            target.write(fault(row, number))
            file.lines += 1
            setattr(file, kind, getattr(file, kind) + 1)
            due = position + 7
    fresh.replace(path)


def recode(path: Path, encoding: str) -> None:
    """Rewrite a UTF-8 file in another encoding, with its byte-order mark."""
    fresh = path.with_name(path.name + PART)
    with path.open("rb") as source, fresh.open("wb") as target:
        # the same bytes on every machine: little end first, as spreadsheets write it
        target.write(b"\xff\xfe" if encoding == "utf-16" else b"\xef\xbb\xbf")
        for line in source:
            target.write(line.decode().encode("utf-16-le") if encoding == "utf-16" else line)
    fresh.replace(path)


class HubspotDelivery:
    """Decides which events of a month are exported in which file.

    All months but the last have a file each. The last file is cumulative: it repeats the month
    before, holds the last month, and events of an earlier month that the tool delivered late.
    """

    DUPLICATED, LATE_BEFORE_END = 1, 4

    def __init__(self, months: int, seed: int) -> None:
        """Prepare for a number of months."""
        self.months = months
        self.seed = seed
        self.held: list[pa.Table] = []
        self.late_events = 0
        self.repeated = 0

    def deliver(self, index: int, table: pa.Table) -> tuple[pa.Table, int]:
        """Return the lines of the month's own file and how many of them are duplicates."""
        rng = random(self.seed, "delivery", index)
        duplicates = 0
        if index == self.DUPLICATED:
            twice = np.flatnonzero(rng.random(table.num_rows) < 0.001)
            order = np.sort(np.concatenate([np.arange(table.num_rows), twice]))
            table, duplicates = table.take(pa.array(order)), len(twice)
        if index == self.months - self.LATE_BEFORE_END:
            late = rng.random(table.num_rows) < 0.003
            self.held.append(table.filter(pa.array(late)))
            self.late_events = int(late.sum())
            table = table.filter(pa.array(~late))
        if index == self.months - 2:
            self.held.append(table)
            self.repeated = table.num_rows
        if index == self.months - 1:
            table = pa.concat_tables([*self.held, table])
            self.held.clear()
        return table, duplicates


def write_header_only(writer: ExportWriter, model: str, path: str) -> None:
    """Write a file with the header of another and no line, as an idle month gives."""
    with (writer.landing / model).open("rb") as source:
        header = source.readline()
    writer.manifest.claim(path).write_bytes(header)
    writer.note(path, 0)
