"""Who left by a file that is replaced before a run has recorded it: hashes and ids are kept."""

from typing import Any

import duckdb
import pytest

from winback.landing.leavers import LEAVER_COLUMNS, Replaced, record


def test_an_id_that_is_an_address_is_kept_as_its_hash() -> None:
    columns = ", ".join(f"{name} {kind}" for name, kind in LEAVER_COLUMNS.items())
    with duckdb.connect() as connection:
        connection.execute(f"""
            create schema raw;
            create table raw.landing_leavers ({columns});
            create table raw.landing_files as
            select 'a/b/c.csv' as source_file, timestamp '2026-05-01' as loaded_at;
            create table staging_line_counts as from raw.landing_files;
            create table staging_leavers as
            select 'generic' as source_system, 'b' as source_relation, line.*,
                'unsubscribe' as cause, 'global' as scope_type, null::varchar as scope_id,
                loaded_at as left_at, source_file, loaded_at
            from raw.landing_files, (values
                ('Ann@Shop.example', null::varchar[]), ('7', []),
                ('bob@shop.example', ['bob@shop.example'])
            ) as line(source_contact_id, addresses)
        """)
        record(connection, "a/b/c.csv")
        kept = connection.execute(
            "select source_contact_id, address_sha256 from raw.landing_leavers order by all"
        ).fetchall()
        hashes = connection.execute(
            "select unnest([sha256('ann@shop.example'), sha256('bob@shop.example')]) order by 1"
        ).fetchall()
    assert kept == [("7", None), *((None, one) for (one,) in hashes)]


@pytest.mark.parametrize(
    ("new", "lost"),
    [
        # the line at fault was mended, and a new one came
        (["ann", "bob", "mended", "eve"], []),
        # next week's export: the line at fault is gone with another one
        (["bob", "eve"], [("today",)]),
    ],
)
def test_a_file_that_named_nobody_is_mended_or_lost(new: list[str], lost: list[Any]) -> None:
    with duckdb.connect() as connection:
        connection.execute("""
            create schema raw;
            create table raw.landing_files as
            select 'a' as source_system, 't' as source_table, 'b' as source_relation,
                'a/b/c.csv' as source_file, 'today' as content_hash, 'l' as layout_hash,
                timestamp '2026-05-01' as loaded_at, 3 as lines;
            create table raw.landing_lost as
            select * exclude (layout_hash, lines)
                replace ('earlier' as content_hash, timestamp '2026-01-01' as loaded_at)
            from raw.landing_files;
            create table raw.t as
            select unnest(['ann', 'bob', 'odd']) as email, 'a/b/c.csv' as _source_file;
            create table quality__activation_holds as
            select 'a/b/c.csv' as source_file, 'no_address' as reason, 1 as lines;
        """)
        replaced = Replaced(connection, "t", "a/b/c.csv")
        connection.execute("delete from raw.t")
        connection.execute("insert into raw.t select unnest(?), 'a/b/c.csv'", [new])
        replaced.settle()
        found = connection.execute(
            "select content_hash from raw.landing_lost where content_hash <> 'earlier'"
        ).fetchall()
        kept = connection.execute("select count(*) from raw.landing_lost").fetchone()
    assert found == lost
    # what was lost before stays lost
    assert kept == (1 + len(lost),)
