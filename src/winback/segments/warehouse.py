"""A built warehouse, opened for reading only."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import duckdb

from winback.database import open_for_reading
from winback.errors import UserError

# what every evaluation of rules reads
FEATURE_TABLES = ("int_contact_features", "int_as_of_dates")


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


def quoted(path: Path) -> str:
    """A path as a literal of SQL."""
    return "'" + str(path).replace("'", "''") + "'"
