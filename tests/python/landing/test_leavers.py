"""Who left by a file that is replaced before a run has recorded it: hashes and ids are kept."""

import duckdb

from winback.landing.leavers import LEAVER_COLUMNS, record


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
