"""The DuckDB file: written by the loader, read only by the questions about what was built."""

from __future__ import annotations

import os
import re
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

from winback.errors import UserError

WAIT = "WINBACK_WAIT"
"""Environment variable: seconds to wait for another program that has the database open."""
_DEFAULT_WAIT = 60.0
_PAUSE = 0.25
STORAGE_VERSION = "v1.4.0"
"""Of a new database file: what is older than DuckDB 2 reads it too (docs/connect.md). The profile
has it for plain dbt."""
LAYERS = ("marts", "activation", "quality", "intermediate", "staging", "seeds", "main")
"""Schemas of what dbt builds; `main` holds what a version without layers built, until a run moves
it."""
_ENGINES_OWN = ("memory", "temp", "system")  # no second database is called so
_HOLDER = re.compile(r"held in (.*?) \(PID (\d+)\)")


def seconds_to_wait() -> float:
    """Return how long another program is waited for, seconds.

    Raises:
        UserError: the setting is no number of seconds.
    """
    given = os.environ.get(WAIT, "").strip()
    try:
        seconds = float(given) if given else _DEFAULT_WAIT
    except ValueError:
        seconds = -1
    if not 0 <= seconds < 1e9:
        raise UserError(f"{WAIT} (--wait) {given}: give seconds, 0 or more; 0 waits for nobody")
    return seconds


def connect(
    database: Path | str, *, read_only: bool, is_logged: bool = True
) -> duckdb.DuckDBPyConnection:
    """Open the database; while another program has it open, wait and say so.

    Args:
        database: the DuckDB file.
        read_only: nothing can be written through the connection.
        is_logged: False writes no log ahead: what is committed is kept by `checkpoint`, or when the
            connection is closed. What a bulk insert has updated is then written once, not twice.

    Raises:
        UserError: the other program did not close it in time, or it is no DuckDB file.
    """
    end = time.monotonic() + seconds_to_wait()
    is_told = False
    while True:
        try:
            with owner_only():
                if not is_logged and Path(database).stem.lower() not in _ENGINES_OWN:
                    return _open_unlogged(Path(database))
                settings: dict[str, Any] = {"storage_compatibility_version": STORAGE_VERSION}
                connection = duckdb.connect(str(database), read_only=read_only, config=settings)
            find_tables(connection)
            return connection
        except duckdb.ConnectionException:
            raise  # this very process has it open in another way
        except duckdb.Error as error:
            if not is_held(str(error)) or time.monotonic() >= end:
                raise _refused(Path(database), error) from None
            if not is_told:
                tell_waiting(f"{holder(str(error))} to close the database")
                is_told = True
        time.sleep(_PAUSE)


@contextmanager
def owner_only() -> Iterator[None]:
    """Let files that are made meanwhile be read by their owner alone: they hold personal data."""
    former = os.umask(0o077)
    try:
        yield
    finally:
        os.umask(former)


def _open_unlogged(database: Path) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    options = ["recovery_mode no_wal_writes"]
    if not database.exists():  # an existing file keeps its version
        options.append(f"storage_version '{STORAGE_VERSION}'")
    # views name their tables with the database, which is called by its file
    path, name = str(database).replace("'", "''"), database.stem.replace('"', '""')
    connection.execute(f"attach '{path}' as \"{name}\" ({', '.join(options)})")
    connection.execute(f'use "{name}"')
    return connection


def find_tables(connection: duckdb.DuckDBPyConnection) -> None:
    """Let a query name a table of any layer without its schema: no two layers share a name."""
    rows = connection.execute(
        "select schema_name from duckdb_schemas() where database_name = current_database()"
    ).fetchall()
    there = {row[0] for row in rows}
    path = ",".join(layer for layer in LAYERS if layer in there)
    connection.execute(f"set search_path = '{path}'")


def built_tables(connection: duckdb.DuckDBPyConnection) -> set[str]:
    """Return the names of the tables and views of all layers."""
    rows = connection.execute(
        "select table_name from information_schema.tables"
        " where table_catalog = current_database() and list_contains(?, table_schema)",
        [list(LAYERS)],
    ).fetchall()
    return {row[0] for row in rows}


def is_held(message: str) -> bool:
    """Tell whether DuckDB says that another process has the file open."""
    return "Could not set lock on file" in message or "being used by another process" in message


def holder(message: str) -> str:
    """Name who has the file open, as far as DuckDB says it."""
    found = _HOLDER.search(message)
    return f"process {found[2]} ({Path(found[1]).name})" if found else "another process"


def tell_waiting(what: str) -> None:
    """Say once what is waited for."""
    print(
        f"winback: waiting for {what}, up to {seconds_to_wait():g} s", file=sys.stderr, flush=True
    )


@contextmanager
def only_run(database: Path) -> Iterator[None]:
    """Let one command at a time load, build, forget or erase: the next one waits for its end.

    Raises:
        UserError: the other one did not end in time.
    """
    try:
        import fcntl
    except ImportError:  # Windows: DuckDB's own lock holds each step apart
        yield
        return
    path = database.with_name(database.name + ".lock")
    end = time.monotonic() + seconds_to_wait()
    is_told = False
    try:
        held = path.open("a+")
    except OSError:
        yield  # whoever may not write here is told by what opens the database
        return
    with held:
        while True:
            try:
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except OSError:
                held.seek(0)
                number = held.read(20).strip()
                who = f"process {number}" if number.isdigit() else "another process"
                if time.monotonic() >= end:
                    raise UserError(
                        f"database {database} is being loaded or built by {who}: wait for its end"
                        " and run again, or wait longer with --wait"
                    ) from None
            if not is_told:
                tell_waiting(f"{who}, which loads or builds this database, to end")
                is_told = True
            time.sleep(_PAUSE)
        held.truncate(0)
        held.write(str(os.getpid()))
        held.flush()
        yield


def open_for_writing(database: Path, *, is_logged: bool = True) -> duckdb.DuckDBPyConnection:
    """Open the database for writing; `is_logged` as of `connect`.

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
    connection = connect(database, read_only=False, is_logged=is_logged)
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
    connection = connect(database, read_only=True)
    missing = sorted(set(tables) - built_tables(connection))
    if missing:
        connection.close()
        raise UserError(
            f"database {database} holds no {', '.join(missing)}: run `winback run` on it first"
        )
    connection.execute("set timezone = 'UTC'")
    return connection


def _refused(database: Path, error: duckdb.Error) -> UserError:
    if is_held(str(error)):
        return UserError(in_use(database, str(error)))
    return UserError(f"database {database} cannot be opened as a DuckDB file")


def in_use(database: Path, message: str) -> str:
    """Return the sentence about a database that another process has open."""
    return (
        f"database {database} is in use by {holder(message)}: wait for it, or close the program"
        " that has it open, and run again; --wait gives the seconds to wait"
    )
