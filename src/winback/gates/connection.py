"""SQLAlchemy on a DuckDB connection that somebody else (dbt) holds open.

Great Expectations fetches results after it has given its connection back, and duckdb-engine keeps
the result on the connection, so the next statement would empty it. Here every ``cursor()`` opens a
DuckDB cursor of its own: results stay apart, each statement sees what is committed, and the
transaction of the dbt model that called is left alone.
"""

from __future__ import annotations

import atexit
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import duckdb_engine
from sqlalchemy.pool import StaticPool


@atexit.register
def _let_go() -> None:
    """Empty duckdb-engine's modules when the process ends.

    Great Expectations keeps references to them beyond the end of the interpreter, and DuckDB would
    print a page of leak warnings after the user's summary.
    """
    for name, module in list(sys.modules.items()):
        if name.startswith("duckdb_engine"):
            module.__dict__.clear()


class SharedConnection(duckdb_engine.ConnectionWrapper):
    """DBAPI connection over an open DuckDB connection; it neither commits nor closes it."""

    def __init__(self, connection: Any) -> None:
        """Share ``connection``, an open DuckDB connection."""
        super().__init__(connection.cursor())
        self._connection = connection
        self._cursors: list[Any] = []

    def cursor(self) -> duckdb_engine.CursorWrapper:
        """Return a DBAPI cursor over a DuckDB cursor of its own."""
        cursor = self._connection.cursor()
        self._cursors.append(cursor)
        return duckdb_engine.CursorWrapper(cursor, self)

    def begin(self) -> None:
        """Do nothing: every statement commits by itself."""

    def commit(self) -> None:
        """Do nothing: every statement commits by itself."""

    def rollback(self) -> None:
        """Do nothing: the transaction belongs to the caller."""

    def close(self) -> None:
        """Do nothing: the connection belongs to the caller."""

    def release(self) -> None:
        """Close the cursors: whoever still holds this object no longer holds the database."""
        for cursor in self._cursors:
            cursor.close()
        self._cursors.clear()
        super().close()
        self._connection = None


@contextmanager
def engine_arguments(connection: Any) -> Iterator[dict[str, Any]]:
    """Give the keyword arguments of ``create_engine`` that make it use ``connection``.

    The database is let go at the end of the block, whatever keeps the engine alive.
    """
    shared = SharedConnection(connection)
    try:
        yield {"creator": lambda: shared, "poolclass": StaticPool}
    finally:
        shared.release()
