"""What of accepted lines could not be read: the column `unread_values` of the staging tables."""

from __future__ import annotations

from pathlib import Path

from winback.database import connect

SHOWN = 15
# the dbt tests that count the same values, without a word about what and where
TESTS = "every_value_read_"

_TABLES = """
    select table_schema, table_name
    from information_schema.columns
    where column_name in ('unread_values', 'reject_reason', 'source_file', 'line_number')
        and table_name like 'stg~_%' escape '~'
    group by table_schema, table_name
    having count(*) = 4
    order by table_schema, table_name
"""

_REASONS = """
    select source_file, unread_values, count(*) as lines, min(line_number) as first_line
    from {table}
    where unread_values is not null and reject_reason is null
    group by source_file, unread_values
    order by source_file, lines desc, unread_values
"""


def unread_values(database: Path, shown: int = SHOWN) -> list[str]:
    """Returns a sentence per file and reason, none with a value of a line.

    Args:
        database: a built warehouse.
        shown: how many at most; one more then says how many there are.
    """
    sentences = []
    with connect(database, read_only=True) as connection:
        for schema, name in connection.execute(_TABLES).fetchall():
            table = f'"{schema}"."{name}"'
            for file, reason, lines, first in connection.execute(
                _REASONS.format(table=table)
            ).fetchall():
                sentences.append(_sentence(file, reason, lines, first))
    if len(sentences) > shown:
        rest = len(sentences) - shown
        sentences[shown:] = [f"{rest} more such reasons: unread_values of the stg_ tables."]
    return sentences


def _sentence(file: str, reason: str, lines: int, first: int | None) -> str:
    where = "One line" if lines == 1 else f"{lines:,} lines"
    which = ""
    if first is not None:
        which = f" (line {first})" if lines == 1 else f" (the first: line {first})"
    return (
        f"{where} of {file}{which} could be read in part only. {reason}."
        " What could not be read was left empty; where a consent was asked for, it is a no."
    )
