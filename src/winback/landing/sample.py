"""The first records of a text file, for columns that are known by what they hold."""

from __future__ import annotations

import csv
from typing import IO

from winback.landing.decode import read_bytes

SAMPLE_BYTES = 1 << 20
SAMPLE_RECORDS = 2_000


def read_sample(
    stream: IO[bytes], skip: int, delimiter: str, quote: str, fields: int
) -> list[list[str]]:
    """Return the first records, each of as many values as there are headers.

    What is not well-formed is left out: a sample decides what a column is, it loads nothing.

    Args:
        stream: UTF-8 text from its first byte on.
        skip: physical lines up to and with the header row.
        delimiter: character between values.
        quote: character around values, or empty.
        fields: number of headers.

    Returns:
        values as they stand; empty when nothing but blank lines follows the header.
    """
    data = read_bytes(stream, SAMPLE_BYTES)
    lines = data.decode("utf-8", "replace").split("\n")
    if len(data) == SAMPLE_BYTES:
        lines.pop()
    lines = [line.rstrip("\r") for line in lines[skip:]]
    if not any(line.strip() for line in lines):
        return []
    records = []
    try:
        for record in csv.reader(
            (f"{line}\n" for line in lines),
            delimiter=delimiter,
            quotechar=quote or None,
            quoting=csv.QUOTE_MINIMAL if quote else csv.QUOTE_NONE,
        ):
            if len(record) == fields:
                records.append(record)
            if len(records) == SAMPLE_RECORDS:
                break
    except csv.Error:
        pass
    # a stray quote swallows what follows it: then the lines are looked at one by one
    plain = [line.split(delimiter) for line in lines[:SAMPLE_RECORDS] if line.strip()]
    plain = [record for record in plain if len(record) == fields]
    if len(records) * 2 < len(plain):
        records = [[value.strip().strip(quote or None) for value in record] for record in plain]
    return records or [[""] * fields]
