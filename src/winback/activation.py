"""What e-mail tools read: why it is held back, and who leaves it when a run stops."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from winback.database import built_tables, connect, open_for_writing

CAUSES = (
    "complaint",
    "hard_bounce",
    "global_bounce",
    "invalid",
    "unsubscribe",
    "unreadable",
    "manual",
)
"""What a line can say, the weightiest first, as macro `blocking_causes` has it."""

_BUILT = {
    "staging_leavers",
    "staging_line_counts",
    "int_contact_identities",
    "int_contact_lookup",
    "dim_contact_addresses",
    "suppression_register",
}
_BLOCK_LIST = "sync_csv__suppressions"
_PLAIN = "[a-z0-9_+.-]*[a-z0-9_+-]@[a-z0-9.-]+[a-z0-9]"

_TABLES = f"""
    select
        format('"{{}}"."{{}}"', tables.table_schema, tables.table_name) as relation,
        min(columns.column_name) filter (
            where lower(columns.column_name) in ('email', 'email_address')
        ) as address,
        bool_or(lower(columns.column_name) = 'contact_id') as has_contact_id,
        bool_or(lower(columns.column_name) = 'action') as has_action
    from information_schema.tables as tables
    inner join information_schema.columns as columns
        using (table_catalog, table_schema, table_name)
    where
        tables.table_catalog = current_database()
        and tables.table_name like 'sync\\_%' escape '\\'
        and tables.table_type = 'BASE TABLE'
        and tables.table_name <> '{_BLOCK_LIST}'
    group by relation
    having address is not null or has_contact_id
    order by relation
"""

# held, of a table that can say "leave", and not what staging was built from
_UNREAD_FILES = """
    select files.source_file
    from raw.landing_files as files
    anti join staging_line_counts as counted
        on files.source_file = counted.source_file and files.loaded_at = counted.loaded_at
    where files.layout_hash is not null and list_contains($tables, files.source_table)
    order by files.source_file
"""

_HELD_FILES = """
    select source_file from raw.landing_files
    where layout_hash is not null and list_contains($tables, source_table)
    order by source_file
"""

# everybody a line means, by what it is known by; Mailchimp's tables name a member by the MD5 of the
# address
_LEAVERS = """
    create or replace temp table leavers as
    with lines as (
        select
            *,
            case
                when regexp_full_match(lower(source_contact_id), '[0-9a-f]{32}')
                    then lower(source_contact_id)
            end as member_md5
        from leaver_lines
    ),
    meant as (
        select lines.*, md5(listed.email_normalized) as address_md5, null as contact_id
        from (select *, unnest(addresses) as spelling from lines) as lines
        inner join leaver_addresses as listed on lines.spelling = listed.email_raw
        union all by name
        select *, member_md5 as address_md5, null as contact_id
        from lines
        where member_md5 is not null
        union all by name
        select lines.*, null as address_md5, lookup.contact_id
        from lines
        inner join int_contact_lookup as lookup
            on lines.source_system = lookup.source_system
            and lines.source_relation = lookup.source_relation
            and lines.source_contact_id = lookup.lookup_value
    )
    select meant.* exclude (contact_id), coalesce(meant.contact_id, known.contact_id) as contact_id
    from meant
    left join known on meant.address_md5 = known.address_md5
"""

# whose address is whose, by the tables of this run, of the last good one, and as it was handed out
_KNOWN = """
    create or replace temp table known as
    select distinct contact_id, address, md5(address) as address_md5
    from (
        select contact_id, identifier_value as address
        from int_contact_identities
        where identifier_type = 'email'
        union all
        select contact_id, email from dim_contact_addresses where contact_id is not null
        union all
        select contact_id, address from handed_out where contact_id is not null
    )
"""

# a person leaves with every address
_GONE = """
    create or replace temp table gone as
    select address_md5 from leavers where address_md5 is not null
    union
    select known.address_md5 from known semi join leavers using (contact_id)
"""

# what was lifted since is what a line says
_SAME_NO = """
    lifted.source_system = leavers.source_system
    and lifted.source_relation = leavers.source_relation
    and lifted.cause = leavers.cause
    and lifted.scope_type = leavers.scope_type
    and lifted.scope_id is not distinct from leavers.scope_id
    and lifted.lifted_at >= leavers.left_at
"""

# the block list takes whoever has not come back, as far as the register knows
_BLOCK = f"""
    insert into {_BLOCK_LIST} by name
    with lifted as (
        select * from suppression_register where lifted_at is not null
    ),
    left_for_good as (
        select leavers.*
        from leavers
        where
            list_contains($causes, cause)
            and not exists (
                select 1 from lifted
                where lifted.address_md5 = leavers.address_md5 and {_SAME_NO}
            )
            and not exists (
                select 1 from lifted
                where lifted.source_contact_id = leavers.source_contact_id and {_SAME_NO}
            )
    ),
    by_address as (
        select listed.email_normalized as email, leavers.contact_id, leavers.cause
        from left_for_good as leavers
        inner join leaver_addresses as listed
            on leavers.address_md5 = md5(listed.email_normalized)
        union all
        select handed_out.address, handed_out.contact_id, leavers.cause
        from left_for_good as leavers
        inner join handed_out on leavers.address_md5 = md5(handed_out.address)
        union all
        select known.address, known.contact_id, leavers.cause
        from left_for_good as leavers
        inner join known on leavers.contact_id = known.contact_id
    ),
    blocked as (
        select
            sha256(email) as email_sha256,
            md5(email) as email_md5,
            email,
            max(contact_id) as contact_id,
            arg_min(cause, coalesce(list_position($causes, cause), 0)) as blocking_cause
        from by_address
        group by email
    )
    select * from blocked anti join {_BLOCK_LIST} using (email_sha256)
"""


@dataclass
class Withdrawal:
    """What became of the sync tables after a run that stopped.

    Attributes:
        rows: rows that were taken out.
        blocked: addresses that came onto the block list.
        unread: files whose opt-outs staging does not know: then everybody was taken out.
    """

    rows: int = 0
    blocked: int = 0
    unread: list[str] = field(default_factory=list)


def holds(database: Path) -> list[str]:
    """Return why activation is held back, a sentence per file and reason; empty when it is not."""
    with connect(database, read_only=True) as connection:
        rows = connection.execute(
            "select message from quality__activation_holds order by source_file, reason"
        ).fetchall()
    return [row[0] for row in rows]


def withdraw(database: Path, opt_out_tables: Iterable[str]) -> Withdrawal:
    """Take everybody who left out of the sync tables, which a run that stopped did not reach, and
    put them on the block list.

    Who left is read off the lines of the exports themselves (`staging_leavers`): a run that stopped
    has no verdicts. Whoever came back since is taken out too, until a run succeeds. Where staging
    does not know a file that may hold opt-outs, nobody can tell who left: everybody is taken out.

    Args:
        database: the warehouse.
        opt_out_tables: raw tables whose lines can say "leave", of the systems that are built.
    """
    connection = open_for_writing(database)
    try:
        return _withdraw(connection, sorted(opt_out_tables))
    finally:
        connection.close()


def _withdraw(connection: duckdb.DuckDBPyConnection, opt_out_tables: list[str]) -> Withdrawal:
    done = Withdrawal()
    tables = [_SyncTable(*row) for row in connection.execute(_TABLES).fetchall()]
    if not tables:
        return done
    present = built_tables(connection)
    done.unread = _unread_files(connection, opt_out_tables, is_built=present >= _BUILT)
    if not done.unread:
        try:
            _read_leavers(connection, tables)
        except (duckdb.CatalogException, duckdb.BinderException):
            # built by another version of winback, for other columns
            done.unread = _unread_files(connection, opt_out_tables, is_built=False)
    connection.execute("begin")
    for table in tables:
        gone = connection.execute(
            f"delete from {table.relation} where {'true' if done.unread else table.who_left}"
            # what takes somebody off a list stays
            + (" and action is distinct from 'remove'" if table.has_action else "")
        ).fetchone()
        done.rows += gone[0] if gone else 0
    if not done.unread and _BLOCK_LIST in present:
        added = connection.execute(_BLOCK, {"causes": list(CAUSES)}).fetchone()
        done.blocked = added[0] if added else 0
    connection.execute("commit")
    return done


@dataclass(frozen=True)
class _SyncTable:
    """A table that a tool reads.

    Attributes:
        relation: its name, as SQL.
        address: its column of the address, if any.
        has_contact_id: whether it names the person.
        has_action: whether its rows say what to do, such as `add` or `remove`.
    """

    relation: str
    address: str | None
    has_contact_id: bool
    has_action: bool

    @property
    def cell(self) -> str:
        """The address as it stands there, as SQL."""
        return f'cast("{self.address}" as varchar)'

    @property
    def who_left(self) -> str:
        """A condition, as SQL."""
        by_address = (
            f"{self.cell} in (select cell from handed_out where md5(address) in (from gone))"
        )
        by_person = "contact_id in (select contact_id from leavers)"
        return " or ".join(
            part
            for part, is_there in ((by_address, self.address), (by_person, self.has_contact_id))
            if is_there
        ).join("()")


def _unread_files(
    connection: duckdb.DuckDBPyConnection, opt_out_tables: list[str], *, is_built: bool
) -> list[str]:
    """The files held that staging does not know in their present state."""
    query = _UNREAD_FILES if is_built else _HELD_FILES
    return [row[0] for row in connection.execute(query, {"tables": opt_out_tables}).fetchall()]


def _read_leavers(connection: duckdb.DuckDBPyConnection, tables: list[_SyncTable]) -> None:
    """Make the temporary tables `handed_out`, `known`, `leavers` and `gone`."""
    from winback.identity.addresses import listed_addresses  # slow to import, rarely needed

    connection.execute(
        "create or replace temp table handed_out"
        " (contact_id varchar, cell varchar, address varchar)"
    )
    for table in tables:
        if table.address:
            contact_id = "cast(contact_id as varchar)" if table.has_contact_id else "null"
            connection.execute(
                f"insert into handed_out select distinct {contact_id}, {table.cell},"
                f" lower({table.cell}) from {table.relation}"
            )
    # those of winback's tables are spelt in one way; a table of the user's own may have others
    odd = connection.execute(
        "select distinct cell from handed_out where not regexp_full_match(address, ?)", [_PLAIN]
    ).fetchall()
    connection.register("odd", listed_addresses(row[0] for row in odd))
    connection.execute(
        "update handed_out set address = odd.email_normalized from odd"
        " where handed_out.cell = odd.email_raw"
    )
    connection.execute(_KNOWN)
    # where people are known by their address alone, it is the id as well
    connection.execute(
        "create or replace temp table leaver_lines as select * replace (case"
        " when source_contact_id like '%@%' then list_append(addresses, source_contact_id)"
        " else addresses end as addresses) from staging_leavers"
    )
    spellings = connection.execute("select distinct unnest(addresses) from leaver_lines").fetchall()
    connection.register("leaver_addresses", listed_addresses(row[0] for row in spellings))
    connection.execute(_LEAVERS)
    connection.execute(_GONE)
