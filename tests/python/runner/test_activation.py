"""After a run that stopped: whoever left is handed to no tool, and blocked in all of them."""

import hashlib
import re
from pathlib import Path
from types import SimpleNamespace

import duckdb
import jinja2
import pytest

from winback.activation import CAUSES, Withdrawal, withdraw

ROOT = Path(__file__).parents[3]

BUILT = """
create schema raw;
create table raw.landing_files as select * from (values
    ('generic/main/events.csv', 'generic__email_events', 'h1', timestamp '2026-05-02'),
    ('shop/main/products.csv', 'generic__products', 'h2', timestamp '2026-05-02'),
    ('hubspot/main/refused.csv', 'generic__contacts', null, timestamp '2026-05-02')
) as t(source_file, source_table, layout_hash, loaded_at);
create table staging_line_counts as select source_file, loaded_at from raw.landing_files
where source_table = 'generic__email_events';
create table lines (
    source_contact_id varchar, addresses varchar[], cause varchar, left_at timestamp,
    scope_type varchar default 'global', scope_id varchar, source_system varchar default 'generic',
    source_relation varchar default 'main', source_file varchar, loaded_at timestamp
);
create view staging_leavers as select * from lines;
create table int_contact_identities as select * from (values
    ('c1', 'email', 'ann@shop.example'), ('c1', 'email', 'ann.second@shop.example'),
    ('c2', 'email', 'bob@shop.example'), ('c3', 'email', 'eve@shop.example')
) as t(contact_id, identifier_type, identifier_value);
create table int_contact_lookup as
select 'generic' as source_system, 'main' as source_relation, '2' as lookup_value,
    'c2' as contact_id;
create table dim_contact_addresses as
select 'c3' as contact_id, 'eve.old@shop.example' as email;
create table suppression_register (
    source_system varchar, source_relation varchar, cause varchar, scope_type varchar,
    scope_id varchar, address_md5 varchar, source_contact_id varchar, lifted_at timestamp
);
create table sync_csv__suppressions (
    email_sha256 varchar, email_md5 varchar, email varchar, contact_id varchar,
    blocking_cause varchar
);
create table sync_csv__segments as select * from (values
    ('c1', 'add', 'ann@shop.example'), ('c1', 'remove', 'ann.second@shop.example'),
    ('c2', 'add', 'bob@shop.example'), ('c3', 'add', 'eve@shop.example'),
    ('c4', 'add', 'zoe@xn--mnchen-3ya.example'), ('c5', 'add', 'o''neil@shop.example'),
    ('c6', 'add', 'h&m@shop.example'), ('c7', 'add', 'handed.out@shop.example')
) as t(contact_id, action, email);
-- of the user's own: without a person, without an address, about something else
create table sync_own as select unnest(['Ann@Shop.example.', 'zoe@münchen.example', null]) as email;
create table sync_people as select unnest(['c1', 'c7']) as contact_id;
create table sync_stock as select 1 as sku;
"""


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "warehouse.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute(BUILT)
    return path


def take_out(database: Path, *statements: str) -> Withdrawal:
    with duckdb.connect(str(database)) as connection:
        for statement in statements:
            connection.execute(statement)
    return withdraw(database, ["generic__email_events", "generic__contacts"])


def left(database: Path, *who: str, cause: str = "unsubscribe", on: str = "2026-05-01") -> None:
    """Lines of those who left, by an address or by an id."""
    with duckdb.connect(str(database)) as connection:
        for one in who:
            place = "addresses" if "@" in one else "source_contact_id"
            connection.execute(
                f"insert into lines ({place}, cause, left_at) values (?, ?, ?)",
                [[one] if "@" in one else one, cause, on],
            )


def rows(database: Path, sql: str) -> set[str]:
    with duckdb.connect(str(database), read_only=True) as connection:
        return {row[0] for row in connection.execute(sql).fetchall()}


def handed_out(database: Path) -> set[str]:
    return rows(database, "select contact_id from sync_csv__segments where action = 'add'")


@pytest.mark.parametrize(
    ("line", "contact"),
    [
        ("ann.second@shop.example", "c1"),
        ("2", "c2"),
        (hashlib.md5(b"ann.second@shop.example").hexdigest().upper(), "c1"),
        ("eve.old@shop.example.", "c3"),
        ("Zoe <ZOE@München.example>", "c4"),
        ("O\u2019Neil@shop.example", "c5"),
        ("h&m@shop.example", "c6"),
    ],
)
def test_whoever_left_goes_with_every_address(database: Path, line: str, contact: str) -> None:
    left(database, line)
    done = take_out(database)
    assert handed_out(database) == {f"c{number}" for number in range(1, 8)} - {contact}
    assert done.rows
    assert done.unread == []
    # what takes a person off a list stays
    assert rows(database, "select email from sync_csv__segments where action = 'remove'") == {
        "ann.second@shop.example"
    }


def test_tables_of_the_users_own(database: Path) -> None:
    left(database, "ann.second@shop.example", "zoe@münchen.example")
    take_out(database)
    assert rows(database, "select email from sync_own") == {None}
    assert rows(database, "select contact_id from sync_people") == {"c7"}
    assert rows(database, "select sku from sync_stock") == {1}


def test_whoever_left_is_blocked_with_every_address(database: Path) -> None:
    left(database, "ann.second@shop.example", "nobody.known@shop.example")
    left(database, "ann@shop.example", cause="complaint")
    left(database, hashlib.md5(b"handed.out@shop.example").hexdigest())
    # who came back, as the register knows, and who was deleted
    left(database, "bob@shop.example", on="2026-04-01")
    with duckdb.connect(str(database)) as connection:
        connection.execute("insert into lines (source_contact_id) values ('3')")
    came_back = (
        "insert into suppression_register select 'generic', 'main', 'unsubscribe', 'global', null,"
        " md5('bob@shop.example'), null, timestamp '2026-04-02'"
    )
    done = take_out(database, came_back)
    assert done.blocked == 4
    with duckdb.connect(str(database), read_only=True) as connection:
        blocked = connection.execute(
            "select email, contact_id, blocking_cause from sync_csv__suppressions order by email"
        ).fetchall()
        hashes = connection.execute(
            "select bool_and(email_sha256 = sha256(email) and email_md5 = md5(email))"
            " from sync_csv__suppressions"
        ).fetchall()
    assert blocked == [
        ("ann.second@shop.example", "c1", "complaint"),
        ("ann@shop.example", "c1", "complaint"),
        ("handed.out@shop.example", "c7", "unsubscribe"),
        ("nobody.known@shop.example", None, "unsubscribe"),
    ]
    assert hashes == [(True,)]
    assert "c2" not in handed_out(database)
    # again: nobody is there twice
    assert take_out(database).blocked == 0


@pytest.mark.parametrize(
    "statement",
    [
        "delete from staging_line_counts",
        "update staging_line_counts set loaded_at = timestamp '2026-05-01'",
        "drop table staging_line_counts",
        "drop view staging_leavers; create view staging_leavers as select 1 as other",
        "drop table lines",
    ],
)
def test_where_nobody_can_tell_who_left_nobody_is_handed_out(
    database: Path, statement: str
) -> None:
    done = take_out(database, statement)
    assert done.unread == ["generic/main/events.csv"]
    assert handed_out(database) == set()
    assert rows(database, "select email from sync_own") == set()
    assert rows(database, "select count(*) from sync_csv__suppressions") == {0}


def test_nothing_was_ever_handed_out(tmp_path: Path) -> None:
    path = tmp_path / "new.duckdb"
    duckdb.connect(str(path)).close()
    assert withdraw(path, ["generic__contacts"]) == Withdrawal()


def test_while_held_only_who_is_mailable_today_keeps_the_address_handed_out() -> None:
    columns = ["contact_id", "email"]
    macro = jinja2.Environment().from_string(
        (ROOT / "macros" / "activation" / "ready_unless_held.sql").read_text(),
        globals={
            "sha256_hex": "sha256({})".format,
            "text_md5": "md5({})".format,
            "built_before": lambda: True,
            "model": SimpleNamespace(columns=dict.fromkeys(columns)),
            "this": "last_run",
            "adapter": SimpleNamespace(
                get_columns_in_relation=lambda _: [SimpleNamespace(name=name) for name in columns]
            ),
        },
    )
    query = macro.module.ready_unless_held("ready", "email")
    with duckdb.connect() as connection:
        connection.execute("""
            create table holds as select 'a file' as source_file;
            create table ready as select 'c9' as contact_id, 'new@shop.example' as email;
            create table contacts as select * from (values
                ('left', false), ('stays', true), ('member', true), ('address', true)
            ) as t(contact_id, is_mailable);
            create table suppressions as
            select sha256('address@shop.example') as email_sha256;
            create table left_members as select md5('member.old@shop.example') as address_md5;
            create table last_run as select * from (values
                ('left', 'old@shop.example'), ('stays', 'stays@shop.example'),
                ('member', 'member.old@shop.example'), ('address', 'address@shop.example'),
                ('gone', 'gone@shop.example')
            ) as t(contact_id, email);
        """)
        assert connection.execute(query).fetchall() == [("stays", "stays@shop.example")]
        connection.execute("delete from holds")
        assert connection.execute(query).fetchall() == [("c9", "new@shop.example")]


def test_the_order_of_causes_is_that_of_the_models() -> None:
    macro = (ROOT / "macros" / "canonical" / "blocking_causes.sql").read_text()
    assert [cause for cause in re.findall(r"'(\w+)'", macro) if cause in CAUSES] == list(CAUSES)
