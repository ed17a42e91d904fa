"""The DuckDB file: written by the loader, read only by the questions about what was built."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import duckdb

from winback.errors import UserError


def open_for_writing(database: Path) -> duckdb.DuckDBPyConnection:
    """Open the database for writing.

    Raises:
        UserError: another process holds it, or it is no DuckDB file.
    """
    if not database.parent.is_dir():
        raise UserError(f"folder {database.parent} of the database does not exist: make it first")
    # DuckDB calls a database by its file's name, and could not tell it from the schema then
    if database.stem.lower() in ("raw", "main", "information_schema"):
        raise UserError(
            f"database {database}: a schema in it is called {database.stem.lower()};"
            " give the file another name"
        )
    try:
        connection = duckdb.connect(str(database))
    except duckdb.Error as error:
        raise _refused(database, error) from None
    connection.execute("set timezone = 'UTC'")
    connection.execute("set preserve_insertion_order = true")
    return connection


def open_for_reading(database: Path, tables: Iterable[str]) -> duckdb.DuckDBPyConnection:
    """Open a built warehouse; nothing can be written through the connection.

    Args:
        database: the DuckDB file.
        tables: what is going to be read of it.

    Raises:
        UserError: there is no such file, it is no DuckDB file, another process writes to it, or one
            of the tables was not built.
    """
    if not database.is_file():
        raise UserError(f"no database at {database}: run `winback run` first")
    try:
        connection = duckdb.connect(str(database), read_only=True)
    except duckdb.Error as error:
        raise _refused(database, error) from None
    built = {
        row[0]
        for row in connection.execute(
            "select table_name from information_schema.tables where table_schema = 'main'"
        ).fetchall()
    }
    missing = sorted(set(tables) - built)
    if missing:
        connection.close()
        raise UserError(
            f"database {database} holds no {', '.join(missing)}: run `winback run` on it first"
        )
    connection.execute("set timezone = 'UTC'")
    return connection


def _refused(database: Path, error: duckdb.Error) -> UserError:
    if isinstance(error, duckdb.IOException) and "lock" in str(error).lower():
        return UserError(
            f"database {database} is in use by another process:"
            " wait for it, or close the program that has it open, and run again"
        )
    return UserError(f"database {database} cannot be opened as a DuckDB file")
