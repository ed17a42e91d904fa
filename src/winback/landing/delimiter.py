"""The delimiter of a text file: the one by which its header row fits the table."""

from __future__ import annotations

import io
import re
from pathlib import Path

from winback.landing.catalog import Table
from winback.landing.decode import Refused, open_text, read_bytes
from winback.landing.header import DELIMITERS, bind
from winback.landing.labels import normalise
from winback.landing.recover import Header, read_header

HEAD_BYTES = 1 << 20
# what Excel reads as the first line, and some tools write: sep=; (quoted or padded when resaved)
_SEP_LINE = re.compile(rb'"?sep=([^\r\n])"?[,;\t|]*[ \r]*(?:\n|\Z)', re.IGNORECASE)


def find_header(path: Path, bom: int, table: Table, usual: str) -> tuple[str, Header]:
    """Return the delimiter of a UTF-8 text file and its header row.

    Args:
        path: the file, gunzipped when its name ends in .gz.
        bom: length of its byte order mark.
        table: what is declared of it; a delimiter it names is taken whenever it fits.
        usual: the delimiter of such files where the table names none.

    Raises:
        Refused: two delimiters fit equally well, or the file has no header row.
    """
    layout = table.layout
    with open_text(path) as stream:
        head = read_bytes(stream, HEAD_BYTES)[bom:]
    named = _SEP_LINE.match(head)
    before = max((layout.header_row or 1) - 1, 1 if named else 0)
    first = named.group(1).decode("utf-8", "replace") if named else layout.delimiter
    is_named = first is not None
    preferred = first or usual
    headers = {
        delimiter: read_header(io.BytesIO(head), 0, delimiter, layout.quote, before)
        for delimiter in dict.fromkeys([preferred, *DELIMITERS])
        if delimiter != layout.quote and delimiter.isascii()
    }
    chosen = _choose(table.in_file, headers, preferred, is_named)
    with open_text(path) as stream:
        return chosen, read_header(stream, bom, chosen, layout.quote, before)


def _choose(table: Table, headers: dict[str, Header], preferred: str, is_named: bool) -> str:
    labels = {normalise(label) for column in table.columns for label in column.headers}
    known = {
        delimiter: sum(normalise(name) in labels for name in header.names)
        for delimiter, header in headers.items()
    }
    fitting = [delimiter for delimiter in headers if _fits(table, headers[delimiter].names)]
    if is_named and preferred in fitting:
        return preferred
    if not fitting:
        # none does: the one that comes nearest makes the best message
        return max(
            headers,
            key=lambda delimiter: (
                known[delimiter],
                delimiter == preferred and len(headers[delimiter].names) > 1,
                len(headers[delimiter].names),
                delimiter == preferred,
            ),
        )
    most = max(known[delimiter] for delimiter in fitting)
    best = [delimiter for delimiter in fitting if known[delimiter] == most]
    if len({tuple(headers[delimiter].names) for delimiter in best}) == 1:
        return preferred if preferred in best else best[0]
    shown = " and ".join(DELIMITERS.get(delimiter, repr(delimiter)) for delimiter in best)
    raise Refused(
        f"the delimiter is not clear: the header row fits with {shown};"
        " name the right one as `delimiter` in the _mapping.yml of this folder, or export again"
    )


def _fits(table: Table, names: list[str]) -> bool:
    try:
        bind(table, names)
    except Refused:
        return False
    return True
