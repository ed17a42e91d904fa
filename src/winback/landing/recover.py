"""The careful way through a text file: physical line by physical line, one bad line costs one line.

A stray opening quote makes a CSV reader swallow what follows. Here the line that opens a quote is
read on only as long as the text can be one record: if it never closes well, or if most of the
lines in between are full records themselves, the opening line alone is bad. Where two stray quotes
make one good record of several, nobody can tell which values are whose: each of them is bad.

No line is read more often than twice, however many quotes are opened: what was looked at from
inside a quoted field is remembered (`_Inside`).

What is well-formed goes to a cleaned file whose first field is the physical line number, so that
DuckDB's reader does the parsing here too and needs no mapping back.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import IO

from winback.landing.decode import Refused, read_bytes
from winback.landing.grammar import Grammar, State

MAX_RECORD_BYTES = 2_000_000
KEPT_TEXT_BYTES = 64_000_000
SURE_AFTER_LINES = 200
HEADER_LINES = 100
MAX_COLUMNS = 5_000
LOOK_AHEAD_LINES = 10_000
TOO_LONG = f"more than {MAX_RECORD_BYTES:,} bytes"
SWALLOWED = "two quotes make one record of several lines that are records themselves"
# what a line of a note has not, beside the number of columns: an address, a date, the hash of one
_OF_RECORDS = re.compile(rb"[^@\s]@[^@\s]|\b\d{4}-\d\d-\d\d|\b[0-9a-fA-F]{32}\b")

Reject = Callable[[int, str, bytes], None]


@dataclass
class Header:
    """The header row.

    Attributes:
        names: what stands in it.
        lines: how many physical lines come before the first record.
        above: text of the lines that were passed over to reach it.
    """

    names: list[str]
    lines: int
    above: list[str]


def read_header(stream: IO[bytes], bom: int, delimiter: str, quote: str, before: int = 0) -> Header:
    """Read the header row of a UTF-8 stream; blank lines before it are passed over.

    Args:
        stream: from its first byte.
        bom: length of its byte order mark.
        delimiter: one character.
        quote: one character, or empty.
        before: lines at the top that are no header row.

    Raises:
        Refused: the file is empty, or its header row is not text.
    """
    grammar = Grammar(delimiter, quote, 1)
    window = Window(stream, bom)
    above: list[str] = []
    while len(above) < before and window.has(len(above)):
        above.append(window.text(len(above)).decode("utf-8", "replace"))
    number = before
    while window.has(number) and not window.text(number).strip(b" " + grammar.delimiter):
        number += 1
    if not window.has(number):
        raise Refused("the file is empty: a header row was expected")
    first = number
    state, fields, _ = grammar.walk(window.text(number))
    while state == "open" and window.has(number + 1) and number - first < HEADER_LINES:
        number += 1
        state, fields, _ = grammar.walk(window.text(number), True, fields)
    record = b"\n".join(window.text(at) for at in range(first, number + 1))
    if b"\0" in record:
        raise Refused("the header row has NUL bytes: the file is not text in the declared encoding")
    if state == "closed":
        cells = grammar.split(record)
    else:
        # a stray quote in the header row: names are still found by plain splitting
        number = first
        cells = [
            cell.strip(grammar.quote or None)
            for cell in window.text(first).split(grammar.delimiter)
        ]
    if len(cells) > MAX_COLUMNS:
        raise Refused(
            f"the header row has more than {MAX_COLUMNS:,} columns, which no export has:"
            " is it a table with one record a line?"
        )
    names = [cell.decode("utf-8", "backslashreplace").strip() for cell in cells]
    return Header(names, number + 1, above)


class Window:
    """The physical lines of a stream, held only as far as they are being looked at."""

    def __init__(self, stream: IO[bytes], skip: int) -> None:
        """Read `stream` from after its first `skip` bytes."""
        self._stream = stream
        self._rest: list[bytes] = []  # pieces of the line that no line end was found of
        self._rest_size = 0
        self._is_done = False
        self.lines: list[bytes] = []
        self.is_plain = True
        if skip:
            read_bytes(stream, skip)

    def fetch(self) -> bool:
        """Append the lines of the next chunk; False at the end of the stream."""
        while not self._is_done:
            data = read_bytes(self._stream)
            if not data:
                self._is_done = True
                if not self._rest:
                    return False
                data = b"".join(self._rest)
                self._rest = []
                self._note(data)
                self.lines.append(data)
                return True
            end = data.rfind(b"\n")
            if end < 0:
                # of a line beyond all measure the beginning is kept, the rest only passed over
                if self._rest_size < KEPT_TEXT_BYTES:
                    self._rest.append(data)
                    self._rest_size += len(data)
                continue
            rest = data[end + 1 :]
            data = b"".join([*self._rest, data[:end]])
            self._rest = [rest] if rest else []
            self._rest_size = len(rest)
            self._note(data)
            self.lines.extend(data.split(b"\n"))
            return True
        return False

    def has(self, index: int) -> bool:
        """Tell whether there is a line at this place, fetching as needed."""
        while index >= len(self.lines):
            if not self.fetch():
                return False
        return True

    def text(self, index: int) -> bytes:
        """Return the line without its line end."""
        line = self.lines[index]
        return line[:-1] if line.endswith(b"\r") else line

    def drop(self, count: int) -> None:
        """Forget the first lines."""
        del self.lines[:count]
        self.is_plain = not self.lines

    def _note(self, data: bytes) -> None:
        if b"\0" in data or b"\r" in data:
            self.is_plain = False
            return
        try:
            data.decode("utf-8")
        except UnicodeDecodeError:
            self.is_plain = False


@dataclass
class Accounts:
    """What became of the physical lines of a file."""

    physical: int = 0
    blank: int = 0
    accepted: int = 0
    accepted_span: int = 0
    rejected: int = 0
    rejected_span: int = 0
    undecodable: int = 0
    reasons: dict[str, int] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    @property
    def adds_up(self) -> bool:
        """Tell whether every physical line is header, blank, accepted or rejected."""
        return self.physical == self.blank + self.accepted_span + self.rejected_span


class Cleaner:
    """Splits a stream into well-formed records and rejected lines."""

    def __init__(
        self, window: Window, grammar: Grammar, encoding: str, header: int, reject: Reject
    ) -> None:
        """Read records after `header` physical lines; `encoding` is for reasons only."""
        self.accounts = Accounts()
        self._window = window
        self._grammar = grammar
        self._encoding = encoding
        self._header = header
        self._reject = reject
        self._number = 1  # physical line number of the first line in the window
        self._inside = _Inside(window, grammar)

    def records(self) -> Iterator[list[bytes]]:
        """Yield batches of cleaned lines: the physical line number, then the record."""
        window, grammar, accounts = self._window, self._grammar, self.accounts
        sep = grammar.delimiter
        want = grammar.fields - 1
        empty = sep * want
        for _ in range(self._header):
            window.has(0)
            window.drop(1)
            self._number += 1
        accounts.physical = accounts.blank = self._header
        while window.lines or window.fetch():
            out: list[bytes] = []
            number = self._number
            quote = grammar.quote
            at = 0
            count = len(window.lines)
            while at < count:
                line = window.lines[at]
                if (
                    window.is_plain
                    and line.count(sep) == want
                    and len(line) < MAX_RECORD_BYTES
                    and (not quote or quote not in line)
                    and line != empty
                ):
                    out.append(b"%d%b%b\n" % (number + at, sep, line))
                    at += 1
                    accounts.accepted += 1
                    accounts.accepted_span += 1
                    continue
                at += self._one(at, number + at, out)
            accounts.physical += at
            self._number += at
            self._inside.drop(at)
            window.drop(at)
            yield out

    def _one(self, at: int, number: int, out: list[bytes]) -> int:
        """Decide the record that starts at this line; return how many lines it takes."""
        window, grammar, accounts = self._window, self._grammar, self.accounts
        line = window.text(at)
        if not line.strip(b" ") or self._is_empty(line):
            accounts.blank += 1
            return 1
        span = 1
        record = line
        reason: str | None = None
        if len(line) >= MAX_RECORD_BYTES:
            reason = TOO_LONG
        elif not grammar.is_full(line):
            state, fields, is_last_empty = grammar.walk(line)
            if state == "open":
                span, reason = self._follow(at, fields)
                if reason is None and (starts := self._swallowed(at, span)):
                    self._take_apart(at, number, [*starts, at + span])
                    return span
                record = b"\n".join([*window.lines[at : at + span - 1], window.text(at + span - 1)])
            elif state == "broken":
                reason = "text after a closing quote"
            else:
                reason = self._wrong_count(fields - is_last_empty * (fields > grammar.fields))
        reason = self._bytes_reason(record) or reason
        if reason is None and b"\r" in record.replace(b"\r\n", b""):
            # a CR on its own would end the record for the reader unless it stands in quotes
            if grammar.quote:
                record = grammar.requote(record)
            else:
                reason = "a carriage return inside the line"
        if reason is None:
            out.append(b"%d%b%b\n" % (number, grammar.delimiter, record))
            accounts.accepted += 1
            accounts.accepted_span += span
        else:
            self._refuse(number, reason, record, span)
        return span

    def _refuse(self, number: int, reason: str, record: bytes, span: int) -> None:
        accounts = self.accounts
        self._reject(number, reason, record)
        accounts.rejected += 1
        accounts.rejected_span += span
        accounts.reasons[reason] = accounts.reasons.get(reason, 0) + 1

    def _swallowed(self, start: int, span: int) -> list[int]:
        """Return which lines of a quoted field are records themselves, whatever is around them."""
        window = self._window
        return [
            at
            for at in self._inside.full_lines(start, start + span)
            if _OF_RECORDS.search(window.text(at))
        ]

    def _take_apart(self, start: int, number: int, ends: list[int]) -> None:
        """Reject a record in parts, each up to where the next begins."""
        at = start
        for end in ends:
            part = b"\n".join([*self._window.lines[at : end - 1], self._window.text(end - 1)])
            reason = self._bytes_reason(part) or SWALLOWED
            self._refuse(number + at - start, reason, part, end - at)
            at = end

    def _is_empty(self, line: bytes) -> bool:
        """Tell whether a line holds delimiters only, or empty quotes between them."""
        grammar = self._grammar
        if line.strip(grammar.delimiter + grammar.quote):
            return False
        return grammar.walk(line)[0] == "closed" and not any(grammar.split(line))

    def _follow(self, start: int, fields: int) -> tuple[int, str | None]:
        """Look on from a line that ends inside a quoted field.

        Returns:
            how many lines belong together, and why they are rejected (None: they are a record).
        """
        inside = self._inside
        stray = (1, "a quote is opened and not closed")
        inside.enter(start)
        while True:
            size = inside.size_after(start)
            full = inside.full_after(start)
            if inside.full_after(start, SURE_AFTER_LINES) > 0.9 * SURE_AFTER_LINES:
                return stray
            # a record too long to be read is passed over as one only where no good line is lost
            if size >= KEPT_TEXT_BYTES or (full and size >= MAX_RECORD_BYTES):
                return stray
            if inside.end is not None:
                break
            inside.look_on()
        end = inside.end
        if end.state != "closed":
            return stray
        between = end.at - start - 1
        if between and full * 2 > between:
            return stray
        span = end.at - start + 1
        fields += inside.fields_after(start)
        if self._grammar.counts(fields, end.is_last_empty):
            return span, TOO_LONG if size >= MAX_RECORD_BYTES else None
        if full or end.is_full:
            return stray
        return span, self._wrong_count(fields)

    def _wrong_count(self, fields: int) -> str:
        expected = self._grammar.fields
        word = "column" if fields == 1 else "columns"
        return f"{fields} {word} found, {expected} expected"

    def _bytes_reason(self, record: bytes) -> str | None:
        if self._window.is_plain:
            return None
        if b"\0" in record:
            return "a NUL byte"
        try:
            record.decode("utf-8")
        except UnicodeDecodeError:
            self.accounts.undecodable += 1
            return f"bytes that are not {self._encoding}"
        return None


@dataclass
class _End:
    """The line at which a quoted field that was looked into ends, one way or the other."""

    at: int
    state: State
    is_last_empty: bool = False
    is_full: bool = False
    is_record: bool = False  # full, or it would be if its last field ended with it


class _Inside:
    """The lines after an opened quote, each read once as a part of the quoted field.

    Whatever line opened it, a line read from inside a quoted field gives the same. So a line that
    opens a quote within the lines already looked at needs no look of its own: what counts from
    there is the difference to what was noted at its place. Places are indexes into the window.
    """

    def __init__(self, window: Window, grammar: Grammar) -> None:
        """Look at lines of this window."""
        self._window = window
        self._grammar = grammar
        self._start(-1)

    def _start(self, at: int) -> None:
        self._first = at
        self._next = at + 1
        self._step = 16
        self._size = 0
        self._fields = 0
        self._full: list[int] = []
        # line with a quote -> bytes and fields up to and with it; only such a line opens one
        self._notes = {at: (0, 0)}
        self.end: _End | None = None

    def enter(self, start: int) -> None:
        """Look into the quoted field that is opened by this line."""
        if start not in self._notes or (self.end is not None and self.end.at <= start):
            self._start(start)

    def size_after(self, start: int) -> int:
        """Return the bytes looked at after the line that opened the quote."""
        return self._size - self._notes[start][0]

    def fields_after(self, start: int) -> int:
        """Return the fields begun after the line that opened the quote."""
        return self._fields - self._notes[start][1]

    def full_after(self, start: int, lines: int | None = None) -> int:
        """Return how many lines (of the next `lines`) between opening and end are full records."""
        last = None if lines is None else bisect_right(self._full, start + lines)
        return (len(self._full) if last is None else last) - bisect_right(self._full, start)

    def full_lines(self, start: int, end: int) -> list[int]:
        """Return which lines after the opening one, and before `end`, are records themselves."""
        full = self._full[bisect_right(self._full, start) : bisect_right(self._full, end - 1)]
        if self.end is not None and self.end.is_record and self.end.at < end:
            full.append(self.end.at)
        return full

    def look_on(self) -> None:
        """Read on to the next line that holds a quote, or over a good number of lines."""
        window, grammar = self._window, self._grammar
        if not window.has(self._next):
            self.end = _End(self._next, "open")
            return
        if grammar.quote not in window.lines[self._next]:
            lines = window.lines[self._next : self._next + self._step]
            count = next((at for at, line in enumerate(lines) if grammar.quote in line), len(lines))
            self._step = min(2 * self._step, LOOK_AHEAD_LINES) if count == len(lines) else 16
            del lines[count:]
            self._size += sum(map(len, lines)) + count
            want = grammar.fields - 1
            if want:
                self._full += [
                    at
                    for at, line in enumerate(lines, self._next)
                    if line.count(grammar.delimiter) >= want
                    and grammar.is_full(line.removesuffix(b"\r"))
                ]
            self._next += count
            return
        at = self._next
        line = window.text(at)
        self._size += len(line) + 1
        self._next += 1
        is_full = grammar.fields > 1 and grammar.is_full(line)
        state, self._fields, is_last_empty = grammar.walk(line, True, self._fields)
        self._notes[at] = (self._size, self._fields)
        if state != "open":
            is_record = is_full or grammar.walk(line)[:2] == ("open", max(grammar.fields, 2))
            self.end = _End(at, state, is_last_empty, is_full, is_record)
        elif is_full:
            self._full.append(at)

    def drop(self, count: int) -> None:
        """Forget what is about the first lines of the window, and count from the ones after."""
        if self._first < 0 or self._next <= count:
            self._start(-1)
            return
        self._first -= count
        self._next -= count
        self._full = [at - count for at in self._full if at >= count]
        self._notes = {at - count: note for at, note in self._notes.items() if at >= count}
        if self.end is not None:
            self.end.at -= count
