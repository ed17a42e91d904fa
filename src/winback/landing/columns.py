"""What the headers of a file say beyond what its layout uses: told, and kept for SQL."""

from __future__ import annotations

from winback.landing.header import looks_like_data
from winback.landing.parse import Target
from winback.landing.summary import LOOK
from winback.landing.suspicious import LEAVING, is_of_addresses, looks_like

SHOWN = 5


def describe(target: Target) -> list[tuple[str, str | None, str | None]]:
    """Return (header, column it feeds, what it looks like) for each header of a file.

    A header that is rather somebody's value is called by its place: it may be personal data.
    Columns that a layout declares, or knows otherwise, look like nothing: the layout says what
    they are. So do those of a file about campaigns or goods that names nobody.
    """
    layout = target.table.layout
    is_about_people = target.table.erasure.is_about_people or any(
        is_of_addresses(header) for header in target.headers
    )
    described: list[tuple[str, str | None, str | None]] = []
    for number, (header, column) in enumerate(target.headers.items(), start=1):
        if column is None and looks_like_data(header):
            described.append((f"column {number} (its header looks like data)", None, None))
        else:
            is_known = column is not None or not is_about_people or layout.knows(header)
            described.append((header, column, None if is_known else looks_like(header)))
    return described


def tell(target: Target) -> str | None:
    """Return what has to be told of a file's columns, None when nothing.

    - Columns that no layout declares and that sound as if they said who may not be mailed.
    - Lines above the header row that hold an address, or sound as if somebody had left.
    - Columns that are not there and without which something is not known (`when_absent`).
    """
    sentences = []
    unread = [
        f"“{header}” ({kind})" for header, column, kind in describe(target) if kind and not column
    ]
    if unread:
        word, it = ("column", "It is") if len(unread) == 1 else ("columns", "They are")
        sentences.append(
            f"{LOOK}: {word} not used: {', '.join(unread)}. {it} kept in `extra` and"
            " nobody is held back for what it says: rename the header to one that the layout of"
            " this table knows, or map it, if it says who may not be mailed."
        )
    above = [
        str(number)
        for number, text in enumerate(target.above, start=1)
        if "@" in text or looks_like(text) in LEAVING
    ]
    if above:
        word, it = ("line", "it holds") if len(above) == 1 else ("lines", "they hold")
        sentences.append(
            f"{LOOK}: {word} {', '.join(above[:SHOWN])}{' …' if above[SHOWN:] else ''} above the"
            f" header row, which the _mapping.yml says is in line {len(target.above) + 1}: {it} an"
            " address, or what sounds like an opt-out, and nothing above the header row is read."
        )
    present = set(target.headers.values())
    sentences += [
        f"{LOOK}: no column {column.name}: {column.when_absent}"
        for column in target.table.in_file.columns
        if column.when_absent and column.name not in present
    ]
    return " ".join(sentences) or None
