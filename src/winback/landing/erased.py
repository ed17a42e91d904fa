"""Lines of people who were erased, taken out of the raw tables: by the load, and by the erasure.

What is known of them is `raw.erased` and `raw.erased_ids`: hashes. Both the load of a file and
`winback erase` ask each line the same, so that whatever an erasure takes out stays out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import duckdb

from winback.erasure.addresses import (
    Column,
    Hits,
    find,
    is_address_sql,
    sha256,
    spellings,
)
from winback.landing.catalog import Catalog, Table
from winback.landing.parse import name, text

REASON = "erased person"
OVERWRITTEN = "erased"
_NO_HITS = (
    "create or replace temp table erased_hits (line bigint, place integer, is_theirs boolean)"
)
_END = r"($|[^a-z0-9.-]|[.]$|[.][^a-z0-9])"  # not the beginning of a longer domain


class RawEraser:
    """Takes lines of erased people out of raw tables, within the caller's transaction.

    The temporary table `erased_gone` (source_file, line_number) lists what was taken out, and
    whether the ledger counts it already.
    """

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, catalog: Catalog, variables: Mapping[str, Any]
    ) -> None:
        """Read who was erased.

        Args:
            connection: a database with the loader's tables.
            catalog: what the sources YAML says.
            variables: dbt vars: a system that has the ids of another one says so there.
        """
        self._connection = connection
        self._catalog = catalog
        self._variables = variables
        self.hashes: list[str] = []
        self.has_new_ids = False
        connection.execute(
            "create or replace temp table erased_gone"
            " (source_file varchar, line_number bigint, is_counted boolean)"
        )
        self.refresh()

    def refresh(self) -> None:
        """Read the hashes again."""
        rows = self._connection.execute("select distinct address_sha256 from raw.erased").fetchall()
        self.hashes = sorted(row[0] for row in rows)

    def clean(self, table: Table, source_file: str | None = None, *, only_ids: bool = False) -> int:
        """Take the lines of erased people out of a table; return how many.

        Where an address stands inside a sentence or a link of somebody else's line, or in a table
        that is about no people, only the address is overwritten. Every line that goes is counted
        as rejected, without its text.

        Args:
            table: the raw table.
            source_file: only this file, whose count the caller writes; None for all.
            only_ids: the addresses were looked for before.
        """
        run = self._connection.execute
        relation = f"raw.{name(table.identifier)}"
        where = "true" if source_file is None else f"_source_file = {text(source_file)}"
        if not self.hashes or not run(f"select 1 from {relation} where {where} limit 1").fetchall():
            return 0
        columns = [Column(column.name) for column in table.columns]
        columns.append(Column("extra", is_json=True))
        run(_NO_HITS)
        hits = Hits()
        if not only_ids:
            hits = find(self._connection, relation, columns, self.hashes, where)
        words = sorted(hits.words)
        for place, cells in hits.cells.items():
            column = columns[place]
            # a line that has an address of its own is not theirs for what an unknown column says
            theirs = "hits.is_theirs"
            if column.is_json:
                theirs += f" and not {_has_address(table)}"
            run(
                f"insert into erased_hits select rowid, {place}, {theirs} from {relation}"
                f" inner join (select cell, {is_address_sql('cell', column.is_json)}"
                " or list_contains(?::varchar[], cell) as is_theirs"
                " from (select unnest(?::varchar[]) as cell)) as hits"
                f" on {column.sql} = hits.cell where ({where})",
                [words, sorted(hits.alone), cells],
            )
        self._match_ids(table, relation, where)
        if not table.erasure.is_about_people:
            run("update erased_hits set is_theirs = false")
        if not run("select 1 from erased_hits limit 1").fetchall():
            return 0
        self._overwrite(relation, columns, words)
        return self._take_out(table, relation, is_counted=source_file is not None)

    def overwrite(self, relation: str, columns: list[Column], hits: Hits) -> int:
        """Overwrite addresses in a table of lines whose raw line stays; return in how many."""
        run = self._connection.execute
        run(_NO_HITS)
        for place, cells in hits.cells.items():
            run(
                f"insert into erased_hits select rowid, {place}, false from {relation}"
                f" where {columns[place].sql} in (select unnest(?::varchar[]))",
                [cells],
            )
        self._overwrite(relation, columns, sorted(hits.words))
        (row,) = run("select count(distinct line) from erased_hits").fetchall()
        return int(row[0])

    def clean_ids(self) -> int:
        """Take out what lines removed since then gave ids of, in every table; return how many."""
        gone = 0
        while self.has_new_ids:
            self.has_new_ids = False
            for table in self._catalog.tables:
                if table.erasure.matches:
                    gone += self.clean(table, only_ids=True)
        self.settle()
        return gone

    def _match_ids(self, table: Table, relation: str, where: str) -> None:
        for column, kind in table.erasure.matches:
            account = "_source_relation"
            system = table.system
            if table.erasure.ids_of and kind == "person":
                system = str(_settings(self._variables, table.system).get(table.erasure.ids_of))
                account = "''"  # which account's ids these are, nobody says
            condition = f"({where}) and {name(column)} is not null"
            if kind != "person":
                # a further line of an order has no address; one that has is somebody else's order
                condition += f" and not {_has_address(table)}"
            # each id is taken apart and hashed once, however many lines have it
            self._connection.execute(
                "insert into erased_hits"
                f" with lines as (select rowid as _line, {account} as _account,"
                f" {name(column)} as _cell from {relation} where {condition}),"
                " ids as (select distinct _account, _cell from lines),"
                " pieces as (select *,"
                " unnest(string_split_regex(trim(_cell), '[;, ]+')) as _piece from ids),"
                " theirs as (select distinct _account, _cell from pieces"
                f" where {_id_hash(text(system), '_account', text(kind), '_piece')}"
                " in (select id_sha256 from raw.erased_ids))"
                " select _line, -1, true from lines inner join theirs using (_account, _cell)"
            )

    def _overwrite(self, relation: str, columns: list[Column], words: list[str]) -> None:
        """Overwrite addresses in lines that stay."""
        rows = self._connection.execute(
            "select distinct place from erased_hits where not is_theirs"
            " and line not in (select line from erased_hits where is_theirs)"
        ).fetchall()
        for (place,) in rows:
            column = columns[place]
            cell = column.sql
            # the longest first: one address may be the end of another
            for word in sorted(words, key=len, reverse=True):
                for spelt in spellings(word):
                    pattern = text(rf"(^|[^a-z0-9._+-]){re.escape(spelt)}{_END}")
                    cell = rf"regexp_replace({cell}, {pattern}, '\1{OVERWRITTEN}\2', 'gi')"
            lines = (
                "rowid in (select line from erased_hits where not is_theirs"
                f" and place = {place}"
                " and line not in (select line from erased_hits where is_theirs))"
            )
            self._connection.execute(
                f"update {relation} set {name(column.name)} = {cell} where {lines}"
            )
            # a spelling that only identity reads: nothing of the cell is kept
            left = find(self._connection, relation, [column], self.hashes, lines)
            nothing = f'{{"{OVERWRITTEN}": true}}' if column.is_json else OVERWRITTEN
            for cells in left.cells.values():
                self._connection.execute(
                    f"update {relation} set {name(column.name)} = ?"
                    f" where {column.sql} in (select unnest(?::varchar[])) and {lines}",
                    [nothing, cells],
                )

    def _take_out(self, table: Table, relation: str, *, is_counted: bool) -> int:
        run = self._connection.execute
        theirs = "rowid in (select line from erased_hits where is_theirs)"
        for column, kind in table.erasure.gives:
            for system, account, of_kind in (
                (text(table.system), "_source_relation", text(kind)),
                *([(text(table.system), "''", text(kind))] if kind == "person" else []),
            ):
                added = run(
                    "insert into raw.erased_ids by name select distinct"
                    f" {system} as source_system, {account} as source_relation,"
                    f" {_id_hash(system, account, of_kind, name(column))} as id_sha256,"
                    " (select max(erased_at) from raw.erased) as erased_at"
                    f" from {relation} where {theirs} and trim({name(column)}) != ''"
                    f" and {_id_hash(system, account, of_kind, name(column))}"
                    " not in (select id_sha256 from raw.erased_ids)"
                ).fetchone()
                self.has_new_ids |= bool(added and added[0])
        run(
            "insert into raw.rejected_lines by name select"
            f" {text(table.system)} as source_system, {text(table.identifier)} as source_table,"
            " _source_relation as source_relation, _source_file as source_file,"
            f" _line_number as line_number, {text(REASON)} as reason, null as line_text,"
            f" _loaded_at as loaded_at from {relation} where {theirs}"
        )
        run(
            f"insert into erased_gone select _source_file, _line_number, {is_counted}"
            f" from {relation} where {theirs}"
        )
        row = run(f"delete from {relation} where {theirs}").fetchone()
        return int(row[0]) if row else 0

    def clean_rejected(self, source_file: str | None = None) -> None:
        """Take the text off rejected lines that hold an erased address: the counts stay."""
        where = "true" if source_file is None else f"source_file = {text(source_file)}"
        hits = find(
            self._connection, "raw.rejected_lines", [Column("line_text")], self.hashes, where
        )
        for cells in hits.cells.values():
            self._connection.execute(
                f"update raw.rejected_lines set line_text = null, reason = {text(REASON)}"
                f" where ({where}) and line_text in (select unnest(?::varchar[]))",
                [cells],
            )

    def settle(self) -> None:
        """Bring the ledger in line with what was taken out of files that it has already."""
        self._connection.execute(
            "update raw.landing_files set accepted_lines = accepted_lines - gone.lines,"
            " rejected_lines = rejected_lines + gone.lines from ("
            "select source_file, count(*) as lines from erased_gone"
            " where not is_counted group by source_file) as gone"
            " where landing_files.source_file = gone.source_file"
        )
        self._connection.execute("update erased_gone set is_counted = true")


def id_hash(system: str, account: str, value: str) -> str:
    """Return the hash under which a person's id is kept in `raw.erased_ids`."""
    return sha256("|".join((system, account, "person", value.strip(" "))))


def _id_hash(system: str, account: str, kind: str, value: str) -> str:
    return f"sha256(concat_ws('|', {system}, {account}, {kind}, trim({value})))"


IS_ERASED_ID = (
    _id_hash("source_system", "source_relation", "'person'", "source_contact_id")
    + " in (select id_sha256 from raw.erased_ids)"
)
"""SQL: whether the id in a table of winback's own is that of somebody erased."""


def _has_address(table: Table) -> str:
    """SQL: whether a declared column of a line holds an address."""
    columns = ", ".join(name(column.name) for column in table.columns)
    return f"contains(concat_ws(' ', {columns}), '@')"


def _settings(variables: Mapping[str, Any], system: str) -> Mapping[str, Any]:
    found = variables.get(system)
    return found if isinstance(found, Mapping) else {}
