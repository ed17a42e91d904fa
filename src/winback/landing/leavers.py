"""Who left, by a file that is replaced or taken out before a run has recorded it.

`suppression_register` learns who left when dbt builds it. A file that goes before that would take
what it says with it. So the load asks first, and keeps the answer: hashes and ids of the source.
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

_LEAVERS = """
    create or replace temp table file_leavers as
    select * from {leavers} where source_file = $file and cause is not null
"""

# a line that names an address and an id speaks of both, but a bounce is about the address
_KEEP = """
    insert into raw.landing_leavers by name
    with mentioned as (
        select *, unnest(addresses) as mention from file_leavers
    )
    select distinct
        mentioned.* exclude (addresses, mention, source_contact_id),
        sha256(listed.email_normalized) as address_sha256,
        md5(listed.email_normalized) as address_md5
    from mentioned
    inner join listed on mentioned.mention = listed.email_raw
    union all by name
    select distinct * exclude (addresses) from file_leavers
    where
        source_contact_id is not null
        and (cause <> 'hard_bounce' or coalesce(len(addresses), 0) = 0)
"""

_LOST = """
    insert into raw.landing_lost by name
    select source_system, source_table, source_relation, source_file, content_hash, loaded_at
    from raw.landing_files
    where source_file = $file and layout_hash is not null and lines > 0
"""


def record(connection: duckdb.DuckDBPyConnection, source_file: str) -> None:
    """Keep who left by the lines held of a file, unless the register knows the file already.

    Where no run has read the file, nothing can tell who left by it: the file is noted in
    `raw.landing_lost`, which holds activation back. Runs outside of a transaction, before the lines
    are deleted.
    """
    models = dict(
        connection.execute(
            "select table_name, table_schema from information_schema.tables"
            " where table_catalog = current_database() and table_name in"
            " ('suppression_register_files', 'staging_leavers', 'staging_line_counts')"
        ).fetchall()
    )
    if _knows(connection, models, "suppression_register_files", source_file):
        return
    if _knows(connection, models, "staging_line_counts", source_file):
        try:
            _keep(connection, _qualified(models, "staging_leavers"), source_file)
            return
        except (KeyError, duckdb.CatalogException, duckdb.BinderException):
            pass  # built by another version of winback, for other columns
    connection.execute(_LOST, {"file": source_file})


def _knows(
    connection: duckdb.DuckDBPyConnection, models: dict[str, str], model: str, source_file: str
) -> bool:
    if model not in models:
        return False
    known = connection.execute(
        _KNOWN.format(model=_qualified(models, model)), {"file": source_file}
    )
    return known.fetchone() is not None


def _keep(connection: duckdb.DuckDBPyConnection, leavers: str, source_file: str) -> None:
    connection.execute(_LEAVERS.format(leavers=leavers), {"file": source_file})
    spellings = connection.execute("select distinct unnest(addresses) from file_leavers").fetchall()
    connection.register("listed", listed_addresses(row[0] for row in spellings))
    connection.execute(_KEEP)
    connection.unregister("listed")
    connection.execute("drop table file_leavers")


def _qualified(models: dict[str, str], table: str) -> str:
    return f"{name(models[table])}.{name(table)}"
