"""The tables of the database in which people may stand."""

from __future__ import annotations

from dataclasses import dataclass, field

import duckdb

from winback.erasure.addresses import Column


@dataclass(frozen=True)
class Table:
    """A table of the database: its columns that may hold text, and the names of all."""

    columns: list[Column] = field(default_factory=list)
    names: set[str] = field(default_factory=set)


Tables = dict[tuple[str, str], Table]


def tables_of(connection: duckdb.DuckDBPyConnection) -> Tables:
    """Every table that is no view."""
    found: Tables = {}
    for schema, table, column, kind in connection.execute(
        "select columns.schema_name, columns.table_name, columns.column_name, columns.data_type"
        " from duckdb_columns() as columns inner join duckdb_tables() as tables"
        " using (database_name, schema_name, table_name)"
        " where columns.database_name = current_database() and not tables.temporary"
        " and not columns.internal order by all"
    ).fetchall():
        known = found.setdefault((schema, table), Table())
        known.names.add(column)
        is_text = kind == "VARCHAR"
        is_nested = kind.endswith("]") or kind.startswith(("STRUCT", "MAP", "UNION", "VARIANT"))
        if is_text or is_nested or kind in ("JSON", "BLOB"):
            known.columns.append(Column(column, is_text=is_text, is_json=column == "extra"))
    return found


def quoted_name(schema: str, table: str) -> str:
    """A table's name as SQL."""
    return f"{quoted(schema)}.{quoted(table)}"


def quoted(identifier: str) -> str:
    """A name as SQL."""
    return '"' + identifier.replace('"', '""') + '"'


def text(value: str) -> str:
    """A text as SQL."""
    return "'" + value.replace("'", "''") + "'"
