"""`winback erase`: a person out of the database file, its sidecars and every later load.

A deletion in place leaves the former blocks in the file. So the erasure works on a copy, writes
what is left into a new file, proves that nothing is found in it, and only then puts it in the
place of the old one, in one step. Killed at any moment, the database is the old one or the new one.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb

from winback.database import find_tables, open_for_writing
from winback.declared import read_vars
from winback.erasure.addresses import Hits, find
from winback.erasure.files import clean_sidecars, needles, scan_landing
from winback.erasure.proof import Proof
from winback.erasure.tables import Table, Tables, quoted, quoted_name, tables_of
from winback.erasure.verify import rewrite, verify
from winback.errors import UserError
from winback.landing.decode import is_out_of_room
from winback.landing.erased import IS_ERASED_ID, RawEraser, id_hash
from winback.landing.ledger import Ledger
from winback.landing.sources import read_catalog
from winback.landing.workfolder import WorkFolder

KEPT_ROWS = ("suppression_register", "landing_leavers", "activation_ledger")
"""Tables that know people by hash: their rows stay, but for those that know them by an id."""

MAX_ADDRESSES = 10
"""A contact with more is more likely several people under one shared address."""

_FOLLOWED = (
    "event_id",
    "order_id",
    "order_item_id",
    "session_id",
    "web_event_id",
    "consent_id",
    "suppression_id",
    "assignment_id",
)
_IS_GONE = "(source_file, line_number) in (select (source_file, line_number) from erased_gone)"
_LEDGERS = (
    "landing_files",
    "landing_log",
    "landing_columns",
    "landing_unread",
    "landing_lost",
    "rejected_lines",
    "erased",
    "erased_ids",
)


@dataclass
class Person:
    """What the warehouse knows one or several people by.

    Attributes:
        addresses: hashes of all their addresses.
        ids: (system, account, id) in the sources.
        keys: contact_id and contact_record_id, former ones too.
    """

    addresses: set[str] = field(default_factory=set)
    ids: set[tuple[str, str, str]] = field(default_factory=set)
    keys: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class EraseOptions:
    """Where an erasure works.

    Attributes:
        project: folder of `dbt_project.yml`.
        database: the DuckDB file.
        landing: folder of exports, only looked through.
        also: more files and folders to look through.
        is_whole_contact: erase a contact however many addresses it has.
    """

    project: Path
    database: Path
    landing: Path
    also: tuple[Path, ...] = ()
    is_whole_contact: bool = False


def erase(hashes: Sequence[str], options: EraseOptions, known: Sequence[str] = ()) -> Proof:
    """Erase the people who have an address with one of these hashes.

    Args:
        hashes: SHA-256 of normalised addresses, lower-case hexadecimal.
        options: where.
        known: the addresses, where they were given: files are searched for them as well.

    Returns:
        The proof, not yet written. Where `verified` is False the database is as it was before.

    Raises:
        UserError: the database cannot be used, or a contact has suspiciously many addresses.
    """
    database = options.database
    if not database.is_file():
        raise UserError(f"database {database} does not exist: nothing was loaded into it")
    now = datetime.now(UTC).replace(tzinfo=None)
    proof = Proof(now.isoformat(sep=" "), database.name, sorted(set(hashes)))
    # open for as long as the work takes: nobody else writes meanwhile
    held = open_for_writing(database)
    try:
        if not Ledger(held).is_there:
            raise UserError(f"database {database} holds no exports: nothing to erase")
        held.execute("checkpoint")
        with WorkFolder(database) as folder:
            copy, fresh = folder / "copy.duckdb", folder / "fresh.duckdb"
            shutil.copyfile(database, copy)
            words = sorted({*_Erasing(copy, options, now).run(proof), *known})
            rewrite(copy, fresh)
            copy.unlink()
            verify(fresh, words, proof)
            if proof.verified:
                _replace(fresh, database)
    except Exception as error:
        if not is_out_of_room(error):
            raise
        raise UserError(
            "memory or disk ran out during the erasure, the database is as it was: it needs twice"
            " the size of the database, beside it"
        ) from None
    finally:
        held.close()
    if proof.verified:
        sought = needles(words)
        proof.sidecars = clean_sidecars(options.project, database, sought)
        found = scan_landing([options.landing, *options.also], sought)
        there = {name for name in proof.still_held_by if _lies_in(options.landing, name)}
        proof.still_held_by = sorted(there | set(found))
        left = [entry for entry in proof.sidecars if entry["done"] == "still holds it"]
        proof.searched["sidecars"] = {"searched": len(proof.sidecars), "found": len(left)}
        proof.verified = not left
    return proof


def _lies_in(landing: Path, source_file: str) -> bool:
    """Tell whether a loaded file, or the archive it is in, is in the landing folder."""
    path = landing / source_file
    return any(place.is_file() for place in (path, *path.parents) if place != landing)


def _replace(fresh: Path, database: Path) -> None:
    shutil.copymode(database, fresh)
    with fresh.open("rb") as stream:
        os.fsync(stream.fileno())
    # the old file was checkpointed and is still held: its log is empty
    database.with_name(database.name + ".wal").unlink(missing_ok=True)
    fresh.replace(database)
    if hasattr(os, "O_DIRECTORY"):
        folder = os.open(database.parent, os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


class _Erasing:
    """The deletions, in a copy of the database."""

    def __init__(self, copy: Path, options: EraseOptions, now: datetime) -> None:
        self._path = copy
        self._options = options
        self._now = now

    def run(self, proof: Proof) -> list[str]:
        """Take everything out; return the addresses in every spelling found."""
        catalog = read_catalog(self._options.project)
        variables = read_vars(self._options.project)
        self._connection = duckdb.connect(str(self._path))
        try:
            self._connection.execute("set timezone = 'UTC'")
            find_tables(self._connection)
            Ledger(self._connection).prepare(catalog)
            tables = tables_of(self._connection)
            before = self._counts(tables)
            person = self._who(proof.asked, tables)
            self._connection.execute("begin")
            self._note(person)
            hits = {
                key: find(self._connection, quoted_name(*key), table.columns, person.addresses)
                for key, table in tables.items()
            }
            eraser = RawEraser(self._connection, catalog, variables)
            for table in catalog.tables:
                eraser.clean(table)
            eraser.clean_ids()
            eraser.clean_rejected()
            declared = {table.identifier for table in catalog.tables}
            overwritten = self._built(tables, declared, person, hits, eraser)
            self._connection.execute("commit")
            after = self._counts(tables)
            proof.address_sha256 = sorted(person.addresses)
            proof.tables = [
                {
                    "table": f"{schema}.{table}",
                    "rows": max(before[schema, table] - after[schema, table], 0),
                    "overwritten": overwritten.get((schema, table), 0),
                }
                for schema, table in sorted(tables)
                if before[schema, table] > after[schema, table] or overwritten.get((schema, table))
            ]
            proof.still_held_by = [
                row[0]
                for row in self._connection.execute(
                    "select distinct source_file from erased_gone order by 1"
                ).fetchall()
            ]
            return sorted(set().union(*(found.words for found in hits.values())))
        finally:
            self._connection.close()

    def _counts(self, tables: Tables) -> dict[tuple[str, str], int]:
        found = {}
        for schema, table in tables:
            row = self._connection.execute(f"select count(*) from {quoted_name(schema, table)}")
            found[schema, table] = int((row.fetchone() or (0,))[0])
        return found

    def _who(self, asked: Sequence[str], tables: Tables) -> Person:
        """All that is known of the people: their other addresses and their ids."""
        run = self._connection.execute
        person = Person(addresses=set(asked))
        names = {table for _, table in tables}
        if "int_contact_identities" not in names:
            return person
        contacts = {
            row[0]: row[1]
            for row in run(
                "with theirs as (select distinct contact_id from int_contact_identities"
                " where identifier_type = 'email' and list_contains(?, sha256(identifier_value)))"
                " select contact_id, count(distinct identifier_value) from int_contact_identities"
                " where identifier_type = 'email' and contact_id in (from theirs) group by 1",
                [list(asked)],
            ).fetchall()
        }
        large = {key: count for key, count in contacts.items() if count > MAX_ADDRESSES}
        if large and not self._options.is_whole_contact:
            key, count = max(large.items(), key=lambda item: item[1])
            raise UserError(
                f"contact {key} has {count} addresses, which may be several people who share one;"
                " nothing was erased. Look at dim_contact_records; give --whole-contact to erase"
                " all of it"
            )
        keys = list(contacts)
        for kind, system, account, value in run(
            "select identifier_type, source_system, source_relation, identifier_value"
            " from int_contact_identities where list_contains(?, contact_id)",
            [keys],
        ).fetchall():
            if kind == "email":
                person.addresses |= {row[0] for row in run("select sha256(?)", [value]).fetchall()}
            else:
                person.ids.add((system, account, value))
        person.keys |= set(keys)
        if "int_contact_record_people" in names:
            for (record,) in run(
                "select contact_record_id from int_contact_record_people"
                " where list_contains(?, contact_id)",
                [keys],
            ).fetchall():
                # the contact_id that this record gave, or gave before it was merged
                person.keys |= {record, record[:16]}
        return person

    def _note(self, person: Person) -> None:
        """Remember whom later loads leave out: hashes alone."""
        run = self._connection.execute
        run(
            "insert into raw.erased select hash, ? from (select unnest(?::varchar[]) as hash)"
            " where hash not in (select address_sha256 from raw.erased)",
            [self._now, sorted(person.addresses)],
        )
        for system, account, value in sorted(person.ids):
            for place in (account, ""):
                run(
                    "insert into raw.erased_ids select ?, ?, ?, ?"
                    " where ? not in (select id_sha256 from raw.erased_ids)",
                    [
                        system,
                        place,
                        *(key := [id_hash(system, place, value)]),
                        self._now,
                        *key,
                    ],
                )

    def _built(
        self,
        tables: Tables,
        declared: set[str],
        person: Person,
        hits: dict[tuple[str, str], Hits],
        eraser: RawEraser,
    ) -> dict[tuple[str, str], int]:
        """Take the people out of all that was built, and out of raw tables that no layout declares
        any more; return of which tables cells went and no rows.

        Staging is not built anew from a file it has read: it keeps the lines that raw keeps."""
        run = self._connection.execute
        run("create temp table erased_keys (name varchar, value varchar)")
        emptied: dict[tuple[str, str], int] = {}
        built = {
            key: table
            for key, table in tables.items()
            if (key[0] != "raw" or key[1] not in (*declared, *_LEDGERS))
            and run(f"select 1 from {quoted_name(*key)} limit 1").fetchall()
        }
        for key, table in built.items():
            if key[1] in KEPT_ROWS:
                # an id in clear names the person still; that nobody mails them, their hash says
                if {"source_system", "source_relation", "source_contact_id"} <= table.names:
                    run(f"delete from {quoted_name(*key)} where {IS_ERASED_ID}")
                emptied[key] = self._empty_cells(key, table, hits[key])
                continue
            if key[1].startswith("stg_"):
                run(f"delete from {quoted_name(*key)} where {_IS_GONE}")
                emptied[key] = eraser.overwrite(quoted_name(*key), table.columns, hits[key])
                continue
            condition, values = _theirs(table, person, hits[key])
            if key[1].startswith("int_") and key[1].endswith("__unified"):
                for column in table.names & set(_FOLLOWED):
                    run(
                        f"insert into erased_keys select '{column}', cast({column} as varchar)"
                        f" from {quoted_name(*key)} where {column} is not null and ({condition})",
                        values,
                    )
            run(f"delete from {quoted_name(*key)} where {condition}", values)
        # what knows an event, an order or a session by its key alone
        for key, table in built.items():
            for column in table.names & set(_FOLLOWED) if key[1] not in KEPT_ROWS else ():
                run(
                    f"delete from {quoted_name(*key)} where cast({column} as varchar) in"
                    f" (select value from erased_keys where name = '{column}')"
                )
        return emptied

    def _empty_cells(self, key: tuple[str, str], table: Table, hits: Hits) -> int:
        count = 0
        for place, cells in hits.cells.items():
            column = table.columns[place]
            done = self._connection.execute(
                f"update {quoted_name(*key)} set {quoted(column.name)} = null"
                f" where {column.sql} in (select unnest(?::varchar[]))",
                [cells],
            ).fetchone()
            count += int(done[0]) if done else 0
        return count


def _theirs(table: Table, person: Person, hits: Hits) -> tuple[str, list[Any]]:
    """A condition, and its values, for the rows of a table that are one of these people's."""
    parts: list[str] = []
    values: list[Any] = []
    if {"source_file", "line_number"} <= table.names:
        parts.append(_IS_GONE)
    listed = "(select unnest(?::varchar[]))"
    for place, cells in hits.cells.items():
        parts.append(f"{table.columns[place].sql} in {listed}")
        values.append(cells)
    keys = sorted(person.keys)
    for column in table.columns if keys else []:
        parts.append(f"{column.sql} in {listed}")
        # in lists and in JSON too
        parts.append(f"(length({column.sql}) > 32 and regexp_matches({column.sql}, ?))")
        values += [keys, rf"\b({'|'.join(keys)})\b"]
    return " or ".join(f"coalesce({part}, false)" for part in parts) or "false", values
