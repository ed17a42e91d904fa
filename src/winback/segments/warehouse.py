"""A built warehouse, opened for reading only."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import duckdb

from winback.database import open_for_reading
from winback.errors import UserError

# what every evaluation of rules reads
FEATURE_TABLES = ("int_contact_features", "int_as_of_dates")
Bits = Mapping[str, tuple[int, int]]


@contextmanager
def open_warehouse(database: Path, *tables: str) -> Iterator[duckdb.DuckDBPyConnection]:
    """Opens the database so that nothing in it can change.

    Args:
        database: a built warehouse.
        tables: what is going to be read of it.

    Raises:
        UserError: it is missing, in use, not built, or older than the rules' vocabulary; or a
            query failed.
    """
    with open_for_reading(database, tables) as connection:
        try:
            yield connection
        except (duckdb.CatalogException, duckdb.BinderException) as error:
            # these name tables and columns; other errors may quote values of rows
            line = str(error).splitlines()[0]
            raise UserError(
                f"database {database} does not fit this project: run `winback run` on it first"
                f" ({line})"
            ) from None
        except duckdb.Error as error:
            raise UserError(
                f"the rules could not be evaluated ({type(error).__name__}): a value does not fit"
                " an expression of `sql:`, or memory or disk ran out"
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
