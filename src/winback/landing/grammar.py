"""What a well-formed record of a text file is."""

from __future__ import annotations

import re
from typing import Literal

State = Literal["closed", "open", "broken"]


class Grammar:
    """The one notion of a well-formed record: that of DuckDB's strict reader.

    A field is quoted (quotes doubled inside, spaces allowed around) or plain (a quote in the middle
    of it is a character like any other). One delimiter too many at the end is let pass.
    """

    def __init__(self, delimiter: str, quote: str, fields: int) -> None:
        """Build the grammar of records of this many fields."""
        self.delimiter = delimiter.encode()
        self.quote = quote.encode()
        self.fields = fields
        sep = re.escape(self.delimiter)
        mark = re.escape(self.quote)
        space = rb"" if self.delimiter == b" " else rb" *+"
        if quote:
            inside = rb"(?:[^%b]++|%b%b)*+" % (mark, mark, mark)
            quoted = rb"%b%b%b%b%b" % (space, mark, inside, mark, space)
            plain = rb"%b(?:[^ %b%b\n][^%b\n]*+)?+" % (space, mark, sep, sep)
        else:
            inside = quoted = rb"(?!)"
            plain = rb"[^%b\n]*+" % sep
        one = rb"(?:%b(?=%b|\Z)|%b)" % (quoted, sep, plain)
        self._full = re.compile(
            rb"%b(?:%b%b){%d}%b?+" % (one, sep, one, fields - 1, sep), re.DOTALL
        )
        self._quoted = re.compile(quoted, re.DOTALL)
        self._plain = re.compile(plain, re.DOTALL)
        self._inside = re.compile(inside, re.DOTALL)
        self._space = re.compile(space)

    def is_full(self, line: bytes) -> bool:
        """Tell whether a text is one complete record."""
        if not self.quote or self.quote not in line:
            count = line.count(self.delimiter)
            return count == self.fields - 1 or (
                count == self.fields and line.endswith(self.delimiter)
            )
        return self._full.fullmatch(line) is not None

    def walk(self, line: bytes, inside: bool = False, fields: int = 0) -> tuple[State, int, bool]:
        """Read one physical line; `inside` when it starts within a quoted field.

        Returns:
            the state at its end, the fields begun so far, and whether the last one is empty.
        """
        at = 0
        if inside:
            at = self._end(self._inside.match(line))
            if at == len(line):
                return "open", fields, False
            at = self._end(self._space.match(line, at + 1))
            if at == len(line):
                return "closed", fields, False
            if line[at : at + 1] != self.delimiter:
                return "broken", fields, False
            at += 1
        while True:
            fields += 1
            start = at
            if found := self._quoted.match(line, at):
                at = found.end()
            elif self._opens(line, at):
                return "open", fields, False
            else:
                at = self._end(self._plain.match(line, at))
            if at == len(line):
                return "closed", fields, at == start
            if line[at : at + 1] != self.delimiter:
                return "broken", fields, False
            at += 1

    def counts(self, fields: int, is_last_empty: bool) -> bool:
        """Tell whether this many fields make a record."""
        return fields == self.fields or (fields == self.fields + 1 and is_last_empty)

    def split(self, record: bytes) -> list[bytes]:
        """Return the values of a well-formed record."""
        values = []
        at = 0
        while True:
            if found := self._quoted.match(record, at):
                text = found.group().strip(b" ")[1:-1]
                values.append(text.replace(self.quote * 2, self.quote))
            else:
                found = self._plain.match(record, at)
                values.append(found.group() if found else b"")
            at = self._end(found)
            if at >= len(record):
                return values
            at += 1

    def requote(self, record: bytes) -> bytes:
        """Write a well-formed record with every non-empty value in quotes."""
        values = self.split(record)[: self.fields]
        doubled = (value.replace(self.quote, self.quote * 2) for value in values)
        return self.delimiter.join(
            self.quote + value + self.quote if value else b"" for value in doubled
        )

    def _opens(self, line: bytes, at: int) -> bool:
        at = self._end(self._space.match(line, at))
        return bool(self.quote) and line[at : at + 1] == self.quote

    @staticmethod
    def _end(found: re.Match[bytes] | None) -> int:
        return found.end() if found else 0
