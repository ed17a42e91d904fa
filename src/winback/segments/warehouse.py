"""A built warehouse, opened for reading only."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from tempfile import gettempdir

import duckdb

from winback.errors import UserError
from winback.segments.compiled import DATABASE_NAME

Bits = Mapping[str, tuple[int, int]]


@contextmanager
def open_warehouse(database: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Opens the database so that nothing in it can change.

    Raises:
        UserError: it is missing, in use, not built, or older than the rules' vocabulary.
    """
    if not database.is_file():
        raise UserError(f"no database at {database}: `winback run` builds it, or give --database")
    connection = duckdb.connect()
    try:
        # what does not fit into memory goes here, not beside the caller or the database
        connection.execute(f"set temp_directory = {quoted(Path(gettempdir()) / 'winback')}")
        connection.execute(f"attach {quoted(database)} as {DATABASE_NAME} (read_only)")
        connection.execute(f"use {DATABASE_NAME}")
        connection.execute("set timezone = 'UTC'")
    except duckdb.IOException as error:
        connection.close()
        if "lock" in str(error):
            problem = "in use: wait until what writes to it has ended"
        else:
            problem = "not a DuckDB file that can be read"
        raise UserError(f"{database} is {problem}") from None
    try:
        with connection:
            yield connection
    except (duckdb.CatalogException, duckdb.BinderException) as error:
        # these name tables and columns; other errors may quote values of rows
        line = str(error).splitlines()[0]
        raise UserError(
            f"{database} does not fit this project; build it with `winback run` first ({line})"
        ) from None
    except duckdb.Error as error:
        raise UserError(
            f"the rules could not be evaluated ({type(error).__name__}): a value does not fit an"
            " expression of `sql:`, or memory or disk ran out"
        ) from None


def read_dates(connection: duckdb.DuckDBPyConnection) -> list[date]:
    """The dates that are built, the current one last.

    Raises:
        UserError: there is none.
    """
    rows = connection.execute("select as_of_date from int_as_of_dates order by 1").fetchall()
    if not rows:
        raise UserError("the warehouse holds no date yet: load exports and run `winback run`")
    return [day for (day,) in rows]


def segment_rows(bits: Bits) -> str:
    """A VALUES list (segment, word, bit) of the places of segments."""
    return ", ".join(f"('{name}', {word}, {bit}::hugeint)" for name, (word, bit) in bits.items())


def is_in(bits: Bits, segment: str, prefix: str = "") -> str:
    """The condition that a row's words hold a segment; false where there is none of the name."""
    if segment not in bits:
        return "false"
    word, bit = bits[segment]
    return f"({prefix}word_{word} & {bit}::hugeint) <> 0"


def quoted(path: Path) -> str:
    """A path as a literal of SQL."""
    return "'" + str(path).replace("'", "''") + "'"
