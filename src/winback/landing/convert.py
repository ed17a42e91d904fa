"""Values of a user's own file, written as the table's layout declares them.

What does not convert stays as it is: staging then rejects or tells it as any other text it cannot
read. Nothing is guessed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

EPOCHS = {"epoch_seconds": 1_000_000, "epoch_millis": 1_000}
# a sortable time without an offset, as Excel workbooks and most programs write it
ISO_LOCAL = (
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%dT%H:%M:%S",
    "%Y-%m-%d %H:%M",
    "%Y-%m-%dT%H:%M",
    "%Y-%m-%d %H:%M:%S.%f",
    "%Y-%m-%dT%H:%M:%S.%f",
)
# marks of thousands where the file's own is not named: none of them can be mistaken for a decimal
# mark, since that one is named
NO_BREAK_SPACE = "\u00a0"
USUAL_MARKS = f" '\u2019{NO_BREAK_SPACE}\u202f"
CURRENCY_SIGNS = "€$£"


# before a word that `words` of a mapping leave out: the built-in lists know none that begins so
UNLISTED = "not listed: "
LEAVING_WORDS = {"unsubscribed", "unsubscribe", "complaint", "bounce_hard"}


@dataclass(frozen=True)
class Conversion:
    """How the values of a file become those that the table's layout declares.

    Attributes:
        time_formats: strptime formats of times, tried in order.
        day_formats: strptime formats of dates without a time of day.
        epochs: keys of `EPOCHS`: times that are numbers.
        timezone: IANA zone of times without an offset; None for UTC.
        decimal_mark: of numbers; None when they are written with `.`.
        thousands_mark: of numbers; None for whatever is usual beside the decimal mark.
        words: column -> pairs of the file's word (lower case) and the declared one.
        closed: column with `words` -> the declared words, of a column that takes no others: a word
            beside them and `words` is nobody's, whatever winback takes it for elsewhere.
        constants: column -> its value in every line.
        copies: column -> the column whose header feeds both.
    """

    time_formats: tuple[str, ...] = ()
    day_formats: tuple[str, ...] = ()
    epochs: tuple[str, ...] = ()
    timezone: str | None = None
    decimal_mark: str | None = None
    thousands_mark: str | None = None
    words: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = ()
    closed: tuple[tuple[str, tuple[str, ...]], ...] = ()
    constants: tuple[tuple[str, str], ...] = ()
    copies: tuple[tuple[str, str], ...] = ()

    def meaning(self, line: str) -> str | None:
        """Return SQL for what a line that could not be taken apart says of leaving.

        It gives the declared word whose own word is in the line, one for leaving before any other.
        Where there is none it gives `unknown` if the mapping has a word for leaving, else null.
        None where the mapping has no words.

        Args:
            line: SQL for the text of the line.
        """
        constant = next((word for _, word in self.constants if word in LEAVING_WORDS), None)
        if constant is not None:
            return _text(constant)
        telling = [
            pairs for _, pairs in self.words if any(word in LEAVING_WORDS for _, word in pairs)
        ]
        known = telling[0] if telling else [pair for _, pairs in self.words for pair in pairs]
        cases = "".join(
            f" when regexp_matches(lower({line}), {_text(_cell(own))}) then {_text(word)}"
            for own, word in sorted(known, key=lambda pair: pair[1] not in LEAVING_WORDS)
            if own
        )
        return f"case{cases} else {_text('unknown') if telling else 'null'} end" if cases else None

    def constants_of(self) -> dict[str, str]:
        """Return the constants by column."""
        return dict(self.constants)

    def copies_of(self) -> dict[str, str]:
        """Return, of each column that shares a header, the column it shares it with."""
        return dict(self.copies)

    def converted(self, column: str, kind: str | None, value: str) -> str:
        """Return SQL for the converted text of a column.

        Args:
            column: its name.
            kind: what it holds, one of `catalog.KINDS`.
            value: SQL for the text of the file.
        """
        found = value
        if kind == "time":
            found = self._time(value)
        elif kind == "date":
            found = self._date(value)
        elif kind == "number" and self.decimal_mark:
            found = self._number(value)
        words = dict(self.words).get(column)
        if not words:
            return found
        cases = " ".join(f"when {_text(own)} then {_text(word)}" for own, word in words)
        declared = dict(self.closed).get(column)
        if declared:
            listed = ", ".join(map(_text, ("", *declared)))
            found = (
                f"case when lower(trim(coalesce({value}, ''))) in ({listed}) then {found}"
                f" else '{UNLISTED}' || {value} end"
            )
        return f"case lower(trim(coalesce({value}, ''))) {cases} else {found} end"

    def _time(self, value: str) -> str:
        zoned = [one for one in self.time_formats if "%z" in one]
        local = [one for one in self.time_formats if "%z" not in one]
        if self.timezone:
            local += ISO_LOCAL
        tries = []
        if local:
            parsed = _parsed(value, local)
            if self.timezone:
                parsed = f"timezone('UTC', timezone({_text(self.timezone)}, {parsed}))"
            tries.append(f"strftime({parsed}, '%Y-%m-%d %H:%M:%S')")
        if zoned:
            parsed = f"timezone('UTC', {_parsed(value, zoned)})"
            tries.append(f"strftime({parsed}, '%Y-%m-%d %H:%M:%S')")
        for epoch in self.epochs:
            number = f"try_cast(trim({value}) as bigint)"
            scale = EPOCHS[epoch]
            # from 1990 to 2100: a number in another unit lands outside
            low, high = 631_152_000 * 1_000_000 // scale, 4_102_444_800 * 1_000_000 // scale
            tries.append(
                f"case when {number} between {low} and {high}"
                f" then strftime(make_timestamp({number} * {scale}), '%Y-%m-%d %H:%M:%S') end"
            )
        if self.day_formats:
            tries.append(f"strftime({_parsed(value, list(self.day_formats))}, '%Y-%m-%d')")
        return f"coalesce({', '.join([*tries, value])})" if tries else value

    def _date(self, value: str) -> str:
        formats = [one for one in (*self.day_formats, *self.time_formats) if "%z" not in one]
        if not formats:
            return value
        return f"coalesce(strftime({_parsed(value, formats)}, '%Y-%m-%d'), {value})"

    def _number(self, value: str) -> str:
        mark = self.decimal_mark or "."
        groups = self.thousands_mark
        if groups is None:
            groups = USUAL_MARKS + ("." if mark == "," else ",")
        signs = rf"[{CURRENCY_SIGNS}\s{NO_BREAK_SPACE}]"
        bare = f"regexp_replace({value}, '^{signs}+|{signs}+$', '', 'g')"
        whole = rf"(\d{{1,3}}([{re.escape(groups)}]\d{{3}})+|\d+)" if groups else r"\d+"
        number = rf"{whole}({re.escape(mark)}\d+)?"
        shape = rf"[-+]?{number}|{number}-".replace("'", "''")
        plain = f"translate({bare}, {_text(groups + '-+')}, '')"
        digits = f"translate({plain}, {_text(mark)}, '.')"
        sign = f"case when contains({bare}, '-') then '-' else '' end"
        # read with the wrong mark 1.234 would be one and a bit: told, not guessed
        odd = f"{value} || ' (not a number with the decimal mark {mark})'"
        return (
            f"case when {value} is null then null"
            f" when regexp_full_match({bare}, '{shape}') then {sign} || {digits}"
            f" when try_cast({value} as double) is not null then {odd}"
            f" else {value} end"
        )


def _parsed(value: str, formats: list[str]) -> str:
    """Return SQL for the timestamp; null where the year cannot be meant: `%Y` takes 24 for 24."""
    listed = ", ".join(_text(one) for one in formats)
    parsed = f"try_strptime(trim({value}), [{listed}])"
    return f"case when year({parsed}) between 1900 and 2199 then {parsed} end"


def _cell(word: str) -> str:
    """A pattern for a word that is not part of another one."""
    return rf"(^|[^\p{{L}}\p{{N}}]){re.escape(word)}($|[^\p{{L}}\p{{N}}])"


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
