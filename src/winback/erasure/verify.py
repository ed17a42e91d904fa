"""What is left, written into a new file, and the search that nothing is found in it."""

from __future__ import annotations

from pathlib import Path

import duckdb

from winback.database import STORAGE_VERSION
from winback.erasure.addresses import find, found_sql, may_hold_sql
from winback.erasure.files import holds, needles
from winback.erasure.proof import Proof
from winback.erasure.tables import Tables, quoted_name, tables_of, text
from winback.identity.addresses import normalized_in


def rewrite(copy: Path, fresh: Path) -> None:
    """Write all that is left into a new file: no block of the old one is taken over."""
    connection = duckdb.connect()
    try:
        connection.execute("set preserve_insertion_order = true")
        connection.execute(f"attach {text(str(copy))} as source")
        connection.execute(
            f"attach {text(str(fresh))} as target (storage_version '{STORAGE_VERSION}')"
        )
        connection.execute("copy from database source to target")
        connection.execute("checkpoint target")
    finally:
        connection.close()


def verify(fresh: Path, words: list[str], proof: Proof) -> None:
    """Search every cell and every byte of the new file."""
    # the engine writes texts one after the other: here no sign tells where an address begins
    unexplained = {word for word in words if holds(fresh, needles([word]), is_whole=False)}
    connection = duckdb.connect(str(fresh), read_only=True)
    try:
        tables = tables_of(connection)
        found_in = [
            f"{key[0]}.{key[1]}"
            for key, table in tables.items()
            if find(connection, quoted_name(*key), table.columns, proof.address_sha256).cells
        ]
        if unexplained:
            unexplained -= _in_longer_addresses(connection, tables, sorted(unexplained))
    finally:
        connection.close()
    proof.searched = {
        "tables, every cell": {"searched": len(tables), "found": len(found_in)},
        "database file, every byte": {"searched": 1, "found": len(unexplained)},
    }
    proof.found_in = found_in
    proof.verified = not found_in and not unexplained


def _in_longer_addresses(
    connection: duckdb.DuckDBPyConnection, tables: Tables, words: list[str]
) -> set[str]:
    """Those of the addresses that are, in every cell they stand in, the end or the beginning of
    somebody else's."""
    found: set[str] = set()
    others: set[str] = set()
    for key, table in tables.items():
        for column in table.columns:
            rows = connection.execute(
                f"select distinct word, {column.sql}, {found_sql(column.sql)}"
                " from (select unnest(?::varchar[]) as word) as words"
                f" inner join {quoted_name(*key)} on {may_hold_sql(column.sql)}"
                f" and contains(lower({column.sql}), word)",
                [words],
            ).fetchall()
            for word, cell, pieces in rows:
                longer = any(word in one and word != one for one in (*normalized_in(cell), *pieces))
                (found if longer else others).add(word)
    return found - others
