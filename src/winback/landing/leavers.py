"""Who left, by a file that is replaced or taken out.

`suppression_register` learns who left when dbt builds it. A file that goes before that would take
what it says with it. So the load asks first, and keeps the answer: hashes and ids of the source.
What nobody could tell of a file is noted in `raw.landing_lost`, which holds activation back: it was
never read, or it has lines that say somebody left and name nobody.
"""

from __future__ import annotations

import duckdb

from winback.identity.addresses import listed_addresses
from winback.landing.parse import name

LEAVER_COLUMNS = {
    "source_system": "varchar",
    "source_relation": "varchar",
    "source_contact_id": "varchar",
    "address_sha256": "varchar",
    "address_md5": "varchar",
    "cause": "varchar",
    "scope_type": "varchar",
    "scope_id": "varchar",
    "left_at": "timestamp",
    "source_file": "varchar",
    "loaded_at": "timestamp",
}
LOST_COLUMNS = {
    "source_system": "varchar",
    "source_table": "varchar",
    "source_relation": "varchar",
    "source_file": "varchar",
    "content_hash": "varchar",
    "loaded_at": "timestamp",
}

# both models name the files they were built from, and the load of each
_KNOWN = """
    select 1 from {model} where source_file = $file and loaded_at = (
        select loaded_at from raw.landing_files where source_file = $file
    )
"""

# where people are known by their address alone, it is the id as well: kept as its hash, too
_LEAVERS = """
    create or replace temp table file_leavers as
    select row_number() over () as leaver, * replace (
        case
            when source_contact_id like '%@%' then list_append(addresses, source_contact_id)
            else addresses
        end as addresses,
        case when source_contact_id not like '%@%' then source_contact_id end as source_contact_id
    )
    from {leavers} where source_file = $file and cause is not null
"""

# of a raw table: what the file itself said
_DATA = "columns(lambda column_name: not starts_with(column_name, '_'))"

# a line that names an address and an id speaks of both, but a bounce is about the address
_KEEP = """
    insert into raw.landing_leavers by name
    with named as (
        select * from file_leavers
        where
            cause <> 'unknown'
            and (source_file, loaded_at) not in
            (select source_file, loaded_at from raw.landing_leavers)
    ),

    mentioned as (
        select *, unnest(addresses) as mention from named
    )
    select distinct
        mentioned.* exclude (leaver, addresses, mention, source_contact_id),
        sha256(listed.email_normalized) as address_sha256,
        md5(listed.email_normalized) as address_md5
    from mentioned
    inner join listed on mentioned.mention = listed.email_raw
    union all by name
    select distinct * exclude (leaver, addresses) from named
    where
        source_contact_id is not null
        and (cause <> 'hard_bounce' or coalesce(len(addresses), 0) = 0)
"""

_LOST = """
    insert into raw.landing_lost by name
    select source_system, source_table, source_relation, source_file, content_hash, loaded_at
    from raw.landing_files
    where
        source_file = $file
        and layout_hash is not null
        and lines > 0
        and (source_file, loaded_at) not in (select source_file, loaded_at from raw.landing_lost)
"""

_NAMES_NOBODY = """
    with mentioned as (
        select leaver, unnest(addresses) as mention from file_leavers
    ),

    named as (
        select mentioned.leaver
        from mentioned
        inner join listed on mentioned.mention = listed.email_raw
        where listed.is_valid
    )

    select count(*)
    from file_leavers
    where
        cause = 'unknown'
        or (source_contact_id is null and leaver not in (select leaver from named))
"""

_HELD_BACK = """
    select coalesce(sum(lines), 0) from {holds}
    where source_file = $file and reason not in ('not_read', 'lost')
"""


def record(connection: duckdb.DuckDBPyConnection, source_file: str) -> None:
    """Keep who left by the lines held of a file, unless the register knows the file already.

    Where no run has read the file, or a line of it names nobody, the file itself is noted as lost.
    Runs outside of a transaction, before the lines are deleted.
    """
    models = _models(connection)
    if _knows(connection, models, "suppression_register_files", source_file):
        return
    if _knows(connection, models, "staging_line_counts", source_file):
        try:
            if _keep(connection, _qualified(models, "staging_leavers"), source_file):
                return
        except (KeyError, duckdb.CatalogException, duckdb.BinderException):
            pass  # built by another version of winback, for other columns
    lose(connection, source_file)


def lose(connection: duckdb.DuckDBPyConnection, source_file: str) -> None:
    """Note that nobody can tell any more who left by a file."""
    connection.execute(_LOST, {"file": source_file})


def lines_held_back(connection: duckdb.DuckDBPyConnection, source_file: str) -> int:
    """Return how many lines of a file hold activation back by the last run: they name nobody."""
    models = _models(connection)
    if "quality__activation_holds" not in models:
        return 0
    holds = _qualified(models, "quality__activation_holds")
    (row,) = connection.execute(_HELD_BACK.format(holds=holds), {"file": source_file}).fetchall()
    return int(row[0])


class Replaced:
    """A file that holds activation back and is replaced: by itself, mended, or by another export.

    A mended file still has every other line that it had. Of an export that lacks more lines, the
    ones that named nobody are gone as well, and with them whoever left by them.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection, table: str, source_file: str) -> None:
        """Keep the lines of the former version aside, where it holds activation back."""
        self._connection = connection
        self._table = f"raw.{name(table)}"
        self._source_file = source_file
        self._held = lines_held_back(connection, source_file)
        if self._held:
            connection.execute(
                f"create or replace temp table former_lines as select {_DATA} from {self._table}"
                " where _source_file = ?",
                [source_file],
            )

    def settle(self) -> None:
        """Note the former version as lost unless the new one is it, mended. Runs inside the load's
        transaction, while the ledger still has the former version."""
        if not self._held:
            return
        (row,) = self._connection.execute(
            f"select count(*) from (select * from former_lines except all"
            f" select {_DATA} from {self._table} where _source_file = ?)",
            [self._source_file],
        ).fetchall()
        if row[0] > self._held:
            lose(self._connection, self._source_file)
        self._connection.execute("drop table former_lines")


def _models(connection: duckdb.DuckDBPyConnection) -> dict[str, str]:
    return dict(
        connection.execute(
            "select table_name, table_schema from information_schema.tables"
            " where table_catalog = current_database() and table_name in"
            " ('suppression_register_files', 'staging_leavers', 'staging_line_counts',"
            " 'quality__activation_holds')"
        ).fetchall()
    )


def _knows(
    connection: duckdb.DuckDBPyConnection, models: dict[str, str], model: str, source_file: str
) -> bool:
    if model not in models:
        return False
    known = connection.execute(
        _KNOWN.format(model=_qualified(models, model)), {"file": source_file}
    )
    return known.fetchone() is not None


def _keep(connection: duckdb.DuckDBPyConnection, leavers: str, source_file: str) -> bool:
    """Keep who left; return whether every line that says so names somebody."""
    connection.execute(_LEAVERS.format(leavers=leavers), {"file": source_file})
    spellings = connection.execute("select distinct unnest(addresses) from file_leavers").fetchall()
    connection.register("listed", listed_addresses(row[0] for row in spellings))
    connection.execute(_KEEP)
    (row,) = connection.execute(_NAMES_NOBODY).fetchall()
    connection.unregister("listed")
    connection.execute("drop table file_leavers")
    return not row[0]


def _qualified(models: dict[str, str], table: str) -> str:
    return f"{name(models[table])}.{name(table)}"
