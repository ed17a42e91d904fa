"""The loader's own tables: what is held, what was ever loaded, what was rejected."""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import duckdb

from winback.landing import columns, leavers
from winback.landing.catalog import TECHNICAL, Catalog
from winback.landing.parse import Target, name
from winback.landing.unread import Unread

LEDGER_COLUMNS = {
    "source_system": "varchar",
    "source_table": "varchar",
    "source_relation": "varchar",
    "source_file": "varchar",
    "size_bytes": "bigint",
    "modified_at": "timestamp",
    "content_hash": "varchar",
    "physical_lines": "bigint",
    "lines": "bigint",
    "accepted_lines": "bigint",
    "rejected_lines": "bigint",
    "status": "varchar",
    "message": "varchar",
    "loaded_at": "timestamp",
    "layout_hash": "varchar",
    "load_started_at": "timestamp",
}
REJECTED_COLUMNS = {
    "source_system": "varchar",
    "source_table": "varchar",
    "source_relation": "varchar",
    "source_file": "varchar",
    "line_number": "bigint",
    "reason": "varchar",
    "line_text": "varchar",
    "loaded_at": "timestamp",
    "meaning": "varchar",
}
UNREAD_COLUMNS = {
    "source_system": "varchar",
    "source_relation": "varchar",
    "source_file": "varchar",
    "problem": "varchar",
    "may_hold_opt_outs": "boolean",
}
COLUMN_COLUMNS = {
    "source_system": "varchar",
    "source_relation": "varchar",
    "source_file": "varchar",
    "source_table": "varchar",
    "header": "varchar",
    "column_name": "varchar",
    "looks_like": "varchar",
}
ERASED_COLUMNS = {"address_sha256": "varchar", "erased_at": "timestamp"}
ERASED_ID_COLUMNS = {
    "source_system": "varchar",
    "source_relation": "varchar",
    "id_sha256": "varchar",
    "erased_at": "timestamp",
}
EPOCH = datetime(1970, 1, 1)


@dataclass(frozen=True)
class Entry:
    """One row of `raw.landing_files`.

    `layout_hash` (the table's fingerprint at that load) is null when no line of the file is held.
    Of a file whose newer version was refused the row keeps describing the version that is held:
    only status and message are the refusal's. All files of one run share `load_started_at`; it is
    null where the file was loaded before there was such a column.
    """

    source_system: str
    source_table: str | None
    source_relation: str
    source_file: str
    size_bytes: int
    modified_at: datetime
    content_hash: str | None
    physical_lines: int | None
    lines: int
    accepted_lines: int
    rejected_lines: int
    status: str
    message: str | None
    loaded_at: datetime
    layout_hash: str | None
    load_started_at: datetime | None

    @property
    def is_held(self) -> bool:
        """Tell whether lines of this file are in the raw tables."""
        return self.layout_hash is not None


def to_timestamp(microseconds: int) -> datetime:
    """Turn microseconds since 1970 into a UTC timestamp without zone."""
    return EPOCH + timedelta(microseconds=microseconds)


class Ledger:
    """`raw.landing_files`, `raw.landing_log` and the raw tables of the catalog."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Work on this connection."""
        self._connection = connection
        self._last = EPOCH

    def prepare(self, catalog: Catalog | None = None) -> None:
        """Create what is missing: schema, the loader's own tables, and every declared table and
        column of a catalog."""
        run = self._connection.execute
        run("begin")
        run("create schema if not exists raw")
        wanted = {
            "landing_files": LEDGER_COLUMNS,
            "landing_log": LEDGER_COLUMNS,
            "rejected_lines": REJECTED_COLUMNS,
            "landing_unread": UNREAD_COLUMNS,
            "landing_columns": COLUMN_COLUMNS,
            "landing_leavers": leavers.LEAVER_COLUMNS,
            "landing_lost": leavers.LOST_COLUMNS,
            "erased": ERASED_COLUMNS,
            "erased_ids": ERASED_ID_COLUMNS,
        }
        for table in catalog.tables if catalog else ():
            columns = {column.name: "varchar" for column in table.columns}
            types = ("varchar", "varchar", "varchar", "bigint", "timestamp")
            wanted[table.identifier] = columns | dict(zip(TECHNICAL, types, strict=True))
        present: dict[str, set[str]] = {}
        for table_name, column_name in run(
            "select table_name, column_name from duckdb_columns()"
            " where schema_name = 'raw' and database_name = current_database()"
        ).fetchall():
            present.setdefault(table_name.lower(), set()).add(column_name.lower())
        for table_name, columns in wanted.items():
            known = present.get(table_name.lower())
            if known is None:
                body = ", ".join(f"{name(column)} {kind}" for column, kind in columns.items())
                run(f"create table raw.{name(table_name)} ({body})")
                continue
            for column, kind in columns.items():
                if column.lower() not in known:
                    run(f"alter table raw.{name(table_name)} add column {name(column)} {kind}")
        run("commit")
        row = run("select max(loaded_at) from raw.landing_log").fetchone()
        self._last = row[0] if row and row[0] else EPOCH

    @property
    def is_there(self) -> bool:
        """Tell whether this database was ever loaded."""
        found = self._connection.execute(
            "select 1 from duckdb_tables() where schema_name = 'raw'"
            " and table_name = 'landing_files' and database_name = current_database()"
        ).fetchone()
        return found is not None

    def next_time(self) -> datetime:
        """Return the time of the next load: now, and later than every load before it."""
        now = datetime.now(UTC).replace(tzinfo=None)
        self._last = max(now, self._last + timedelta(microseconds=1))
        return self._last

    def entries(self) -> dict[str, Entry]:
        """Return the rows of `raw.landing_files` by file."""
        columns = ", ".join(LEDGER_COLUMNS)
        rows = self._connection.execute(f"select {columns} from raw.landing_files").fetchall()
        return {row[3]: Entry(*row) for row in rows}

    def forget_lines(self, source_file: str, *tables: str | None) -> None:
        """Delete what these raw tables hold of a file. Runs inside the caller's transaction."""
        run = self._connection.execute
        for table in {table for table in tables if table}:
            run(f"delete from raw.{name(table)} where _source_file = ?", [source_file])
        run("delete from raw.rejected_lines where source_file = ?", [source_file])
        run("delete from raw.landing_columns where source_file = ?", [source_file])

    def write_columns(self, target: Target) -> None:
        """Note every header of a file, of which there is at least one. Runs inside the caller's
        transaction."""
        headers, feeds, looks = zip(*columns.describe(target), strict=True)
        self._connection.execute(
            f"insert into raw.landing_columns ({', '.join(COLUMN_COLUMNS)})"
            " select ?, ?, ?, ?, unnest(?::varchar[]), unnest(?::varchar[]), unnest(?::varchar[])",
            [
                target.table.system,
                target.account,
                target.source_file,
                target.table.identifier,
                *(headers, feeds, looks),
            ],
        )

    def write(self, entry: Entry) -> None:
        """Put the file's row in place and append it to the log. Runs inside the caller's
        transaction: between the two statements of a row it is missing."""
        self._replace(entry)
        self._append("landing_log", entry)

    def hold(self, entry: Entry) -> None:
        """Correct the row of a file whose lines stay as they are: in one statement."""
        self._connection.execute(
            "update raw.landing_files set modified_at = ?, status = ?, message = ?"
            " where source_file = ?",
            [entry.modified_at, entry.status, entry.message, entry.source_file],
        )

    def refuse(self, entry: Entry, former: Entry | None) -> None:
        """Record a refusal; what is held of an earlier version stays.

        The log gets a row only when something changed, so that reading the same refused file again
        each night does not fill it.
        """
        kept = entry
        if former is not None and former.is_held:
            kept = replace(
                former,
                status="refused",
                message=f"{entry.message} (the lines of the version before are kept)",
            )
        run = self._connection.execute
        run("begin")
        self._replace(kept)
        if former is None or former.status != "refused" or former.message != kept.message:
            self._append("landing_log", entry)
        run("commit")

    def tidy(self, systems: Sequence[str], present: Set[str], archives: Set[str]) -> None:
        """Take out the rows that tell of nothing any more.

        - A refused file that is gone from the folder leaves; when a former version of it is held,
          its row becomes that version's, as of any file that was taken out.
        - A member that its archive no longer has leaves with its lines: the archive is the file
          that changed.

        Args:
            systems: the systems that were read.
            present: every file and every member of the landing folder.
            archives: the archives of which every file was read.
        """
        for entry in self.entries().values():
            if entry.source_file in present or entry.source_system not in systems:
                continue
            if any(entry.source_file.startswith(f"{archive}/") for archive in archives):
                self.forget(entry)
            elif entry.status == "refused":
                if entry.is_held:
                    self.hold(replace(entry, status="loaded", message=None))
                else:
                    self.forget(entry)

    def write_unread(self, rows: Sequence[Unread], other_systems: Sequence[str]) -> None:
        """Put these in place of what `raw.landing_unread` held.

        Args:
            rows: what lies in the landing folder and was not read.
            other_systems: the systems that were not looked at: theirs stay.
        """
        columns = ", ".join(UNREAD_COLUMNS)
        lists = ", ".join(f"unnest(?::{kind}[])" for kind in UNREAD_COLUMNS.values())
        run = self._connection.execute
        run("begin")
        run(
            "delete from raw.landing_unread"
            " where source_system is null or not list_contains(?, source_system)",
            [list(other_systems)],
        )
        if rows:
            values = [[getattr(row, column) for row in rows] for column in UNREAD_COLUMNS]
            run(f"insert into raw.landing_unread ({columns}) select {lists}", values)
        run("commit")

    def forget(self, entry: Entry) -> None:
        """Take a file out: its row and all lines of it; the log keeps what once was."""
        leavers.record(self._connection, entry.source_file)
        if leavers.lines_held_back(self._connection, entry.source_file):
            leavers.lose(self._connection, entry.source_file)
        run = self._connection.execute
        run("begin")
        self.forget_lines(entry.source_file, entry.source_table)
        run("delete from raw.landing_files where source_file = ?", [entry.source_file])
        run("commit")

    def _replace(self, entry: Entry) -> None:
        self._connection.execute(
            "delete from raw.landing_files where source_file = ?", [entry.source_file]
        )
        self._append("landing_files", entry)

    def _append(self, table: str, entry: Entry) -> None:
        values = [getattr(entry, column) for column in LEDGER_COLUMNS]
        columns, marks = ", ".join(LEDGER_COLUMNS), ", ".join("?" for _ in values)
        self._connection.execute(f"insert into raw.{table} ({columns}) values ({marks})", values)
