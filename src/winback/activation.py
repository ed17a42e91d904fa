"""What e-mail tools read: why it is held back, and who leaves it when a run stops."""

from __future__ import annotations

from pathlib import Path

from winback.database import connect, open_for_writing

_TABLES = """
    select tables.table_name, min(columns.column_name)
    from information_schema.tables as tables
    inner join information_schema.columns as columns using (table_schema, table_name)
    where
        tables.table_name like 'sync\\_%' escape '\\'
        and tables.table_type = 'BASE TABLE'
        and tables.table_name <> 'sync_csv__suppressions'
        and columns.column_name in ('email', 'email_address')
    group by tables.table_name
    order by tables.table_name
"""

_LEAVERS = """
    create or replace temp table leavers as
    select email_normalized as address, null as address_md5, null as contact_id
    from leaver_addresses
    union
    -- Mailchimp's tables name a member by the hash of the address
    select null, lower(source_contact_id), null
    from staging_leavers
    where length(source_contact_id) = 32
    union
    select null, null, lookup.contact_id
    from staging_leavers as leavers
    inner join int_contact_lookup as lookup
        on leavers.source_system = lookup.source_system
        and leavers.source_relation = lookup.source_relation
        and leavers.source_contact_id = lookup.lookup_value
"""


def holds(database: Path) -> list[str]:
    """Return why activation is held back, a sentence per file and reason; empty when it is not."""
    with connect(database, read_only=True) as connection:
        rows = connection.execute(
            "select message from quality__activation_holds order by source_file, reason"
        ).fetchall()
    return [row[0] for row in rows]


def withdraw(database: Path) -> int:
    """Take everybody who left out of the sync tables, which a run that stopped did not reach.

    Who left is read off the lines of the exports themselves (`staging_leavers`): a run that stopped
    has no verdicts. Whoever came back since is taken out too, until a run succeeds.

    Args:
        database: the warehouse.

    Returns:
        How many rows were taken out; 0 where nothing was ever handed to a tool.
    """
    from winback.identity.addresses import listed_addresses  # slow to import, rarely needed

    connection = open_for_writing(database)
    try:
        present = {row[0] for row in connection.execute("show tables").fetchall()}
        tables = connection.execute(_TABLES).fetchall()
        if not tables or not {"staging_leavers", "int_contact_lookup"} <= present:
            return 0
        connection.execute("begin")
        spellings = connection.execute(
            "select distinct unnest(addresses) from staging_leavers"
        ).fetchall()
        connection.register("leaver_addresses", listed_addresses(row[0] for row in spellings))
        connection.execute(_LEAVERS)
        taken_out = 0
        for table, address in tables:
            gone = connection.execute(
                f'delete from "{table}" where lower({address}) in'
                " (select address from leavers where address is not null)"
                f" or md5(lower({address})) in"
                " (select address_md5 from leavers where address_md5 is not null)"
                " or contact_id in (select contact_id from leavers where contact_id is not null)"
            ).fetchone()
            taken_out += gone[0] if gone else 0
        connection.execute("commit")
        return taken_out
    finally:
        connection.close()
