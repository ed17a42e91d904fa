"""What is found, decoded, held, replaced and refused."""

import gzip
import os
import zipfile
from pathlib import Path

import duckdb
import pytest

from winback.errors import UserError
from winback.landing import load

from .conftest import SOURCES, Shop

HEADER = "person_id,email,city,note\n"
LINES = "1,a@x.example,Lyon,n1\n2,b@x.example,Nice,\n"


def test_every_declared_table_is_made_even_without_a_file(shop: Shop) -> None:
    summary = shop.load()
    assert summary.files == []
    tables = shop.query(
        "select table_name from duckdb_tables() where schema_name = 'raw' order by 1"
    )
    assert [name for (name,) in tables] == [
        "erased", "erased_ids", "landing_columns", "landing_files", "landing_leavers",
        "landing_log", "landing_lost", "landing_unread", "other__things", "rejected_lines",
        "shop__marks", "shop__people", "shop__people_old",
    ]  # fmt: skip
    columns = shop.query("select column_name, column_type from (describe raw.shop__people)")
    assert columns == [
        ("person_id", "VARCHAR"), ("email", "VARCHAR"), ("city", "VARCHAR"), ("note", "VARCHAR"),
        ("extra", "VARCHAR"), ("_source_relation", "VARCHAR"), ("_source_file", "VARCHAR"),
        ("_line_number", "BIGINT"), ("_loaded_at", "TIMESTAMP"),
    ]  # fmt: skip


def test_columns_are_found_by_any_label_in_any_order(shop: Shop) -> None:
    shop.put("people_fr.csv", " Ville , IDENTIFIANT,adresse  E-mail\n,7,a@x.example\n")
    shop.put("people_en.csv", "city,Email Address,Person ID\nLyon,b@x.example,8\n")
    shop.load()
    assert shop.people("person_id, email, city, note, extra") == [
        ("8", "b@x.example", "Lyon", None, None),
        ("7", "a@x.example", None, None, None),
    ]


def test_undeclared_columns_go_to_extra(shop: Shop) -> None:
    shop.put("people.csv", "person_id,Tier,,Tier,it's\n1,gold,x,silver,q\n2,,,,\n")
    shop.load()
    assert shop.people("person_id, extra") == [
        ("1", '{"Tier":"gold","column_3":"x","Tier (2)":"silver","it\'s":"q"}'),
        ("2", None),
    ]


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le+bom"])
@pytest.mark.parametrize("is_gzip", [False, True])
def test_encodings_line_ends_and_gzip(
    shop: Shop, ending: str, encoding: str, is_gzip: bool
) -> None:
    text = "person_id,city\n1,Orléans €\n2,北京\n".replace("\n", ending)
    if encoding == "utf-16-le+bom":
        data = b"\xff\xfe" + text.encode("utf-16-le")
    else:
        data = text.encode(encoding)
    shop.put("people.csv.gz" if is_gzip else "people.csv", gzip.compress(data) if is_gzip else data)
    summary = shop.load()
    assert summary.refused == []
    assert shop.people("person_id, city, _line_number") == [("1", "Orléans €", 2), ("2", "北京", 3)]
    assert shop.ledger()[0][1:] == ("loaded", 3, 2, 2, 0)


def test_windows_1252_as_declared_and_its_undefined_bytes(shop: Shop) -> None:
    data = "person_id;city\n1;Orléans €\n2;x\n".encode("cp1252").replace(b"2;x", b"2;\x81x")
    shop.put("people_old.csv", data)
    shop.load()
    assert shop.query("select person_id, city from raw.shop__people_old") == [("1", "Orléans €")]
    assert shop.rejected() == [(3, "bytes that are not cp1252", "2;\\x81x")]


def test_utf_16_without_mark_is_refused_with_advice(shop: Shop) -> None:
    shop.put("people.csv", (HEADER + LINES).encode("utf-16-le"))
    (refused,) = shop.load().refused
    assert "utf-16" in (refused.message or "")


def test_zip_members_are_matched_like_files(shop: Shop) -> None:
    with zipfile.ZipFile(shop.account / "export.zip", "w") as archive:
        archive.writestr("in/people_1.csv", HEADER + LINES)
        archive.writestr("list/whatever.csv", HEADER + "9,,,\n")
        archive.writestr("__MACOSX/people_1.csv", "junk")
        archive.writestr("read.me", "junk")
    summary = shop.load()
    assert [file.source_file for file in summary.loaded] == [
        "shop/main/export.zip/in/people_1.csv",
        "shop/main/export.zip/list/whatever.csv",
    ]
    assert summary.unrecognised == ["shop/main/export.zip/read.me"]
    assert len(shop.people()) == 3
    assert len(shop.load().held) == 2


def test_a_damaged_archive_is_refused_and_the_others_go_on(shop: Shop) -> None:
    shop.put("a.zip", b"PK\x03\x04 cut")
    shop.put("people_a.csv.gz", gzip.compress((HEADER + LINES).encode())[:-12])
    shop.put("people_b.csv", HEADER + LINES)
    shop.put("people_c.parquet", b"PAR1 cut")
    summary = shop.load()
    assert [(file.source_file, file.status) for file in summary.files] == [
        ("shop/main/a.zip", "refused"),
        ("shop/main/people_a.csv.gz", "refused"),
        ("shop/main/people_b.csv", "loaded"),
        ("shop/main/people_c.parquet", "refused"),
    ]
    assert all("export" in (file.message or "") for file in summary.refused)
    assert len(shop.people()) == 2


def test_the_longest_pattern_wins_and_accounts_are_kept_apart(shop: Shop) -> None:
    shop.put("people_old_2020.csv", "person_id;city\n1;A\n")
    for account in ("north", "south"):
        path = shop.landing / "shop" / account / "deep" / "people.csv"
        path.parent.mkdir(parents=True)
        path.write_text(HEADER + LINES)
    (shop.landing / "shop" / "people.csv").write_text(HEADER + LINES)
    shop.load()
    assert shop.query("select count(*) from raw.shop__people_old") == [(1,)]
    assert shop.query(
        "select _source_relation, _source_file, count(*) from raw.shop__people group by all"
        " order by all"
    ) == [
        ("main", "shop/people.csv", 2),
        ("north", "shop/north/deep/people.csv", 2),
        ("south", "shop/south/deep/people.csv", 2),
    ]


def test_parquet_and_json_lines_as_text(shop: Shop) -> None:
    target = shop.account / "people_p.parquet"
    duckdb.execute(
        "copy (select 1 as person_id, timestamp '2024-01-02 03:04:05' as city, [1, 2] as note,"
        f" {{'a': 'b'}} as tags) to '{target}' (format parquet)"
    )
    shop.put(
        "people_j.jsonl",
        '{"Person ID": 5, "city": "Lyon", "a/b~c": true}\n'
        "\n"
        '{"person_id": 6, "note": {"k": [1, null]}, "city": null}\r\n'
        "[1]\n"
        '{"person_id": \n',
    )
    summary = shop.load()
    assert shop.people("person_id, city, note, extra, _line_number") == [
        ("5", "Lyon", None, '{"a/b~c":true}', 1),
        ("6", None, '{"k":[1,null]}', None, 3),
        ("1", "2024-01-02 03:04:05", "[1,2]", '{"tags":"{\\"a\\":\\"b\\"}"}', 1),
    ]
    assert shop.rejected() == [
        (4, "no JSON object, but a list", "[1]"),
        (
            5,
            "no valid JSON: a value is missing or not in quotes, at character 15",
            '{"person_id": ',
        ),
    ]
    assert summary.refused == []
    assert shop.ledger()[0][1:] == ("loaded", 5, 4, 2, 2)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("email,city\na@x.example,Lyon\n", ["“Person ID”", "email, city"]),
        ("", ["empty"]),
        ("\n\n", ["empty"]),
        ("email;city\na@x.example;Lyon\n", ["“Person ID”", "email, city"]),
        ("person_id,city,City\n1,a,b\n", ["'city'", "2 times", "columns 2 and 3"]),
        ("17,anna@x.example,Lyon,\n", ["missing", "header row missing"]),
    ],
)
def test_refusals_say_what_is_wrong(shop: Shop, content: str, words: list[str]) -> None:
    shop.put("people.csv", content)
    shop.put("people_good.csv", HEADER + LINES)
    summary = shop.load()
    (refused,) = summary.refused
    for word in words:
        assert word in (refused.message or "")
    assert "anna" not in (refused.message or "")
    assert len(shop.people()) == 2
    assert shop.ledger()[0][1:] == ("refused", 0, 0, 0, 0)
    # still refused the next day, without a second row in the log
    assert len(shop.load().refused) == 1
    assert shop.query("select count(*) from raw.landing_log where status = 'refused'") == [(1,)]


def test_one_of_several_columns_is_enough_where_declared(shop: Shop) -> None:
    shop.put("marks_a.csv", "email,mark\na@x.example,1\n")
    shop.put("marks_b.csv", "mark,x\n1,2\n")
    summary = shop.load()
    assert [file.status for file in summary.files] == ["loaded", "refused"]
    assert "“person_id” or “email”" in (summary.refused[0].message or "")


def test_header_only_is_loaded_with_no_line(shop: Shop) -> None:
    shop.put("people.csv", HEADER)
    shop.put("people_2.csv", HEADER.strip())
    assert shop.load().refused == []
    assert [row[1:] for row in shop.ledger()] == [("loaded", 1, 0, 0, 0)] * 2


def test_held_files_are_skipped_and_changed_ones_replaced(shop: Shop) -> None:
    path = shop.put("people.csv", HEADER + LINES + "bad\n")
    shop.load()
    first = shop.people("_loaded_at")[0][0]
    assert len(shop.load().held) == 1
    os.utime(path, (1, 1))
    assert len(shop.load().held) == 1  # touched, same content
    assert shop.query("select epoch(modified_at) from raw.landing_files") == [(1,)]
    path.write_text(HEADER + "3,c@x.example,Paris,\n")
    assert len(shop.load().loaded) == 1
    assert shop.people("person_id") == [("3",)]
    assert shop.rejected() == []
    assert shop.people("_loaded_at")[0][0] > first
    assert shop.query("select lines from raw.landing_log order by loaded_at") == [(3,), (1,)]
    assert shop.query("select lines from raw.landing_files") == [(1,)]


def test_a_refused_new_version_keeps_the_lines_of_the_old(shop: Shop) -> None:
    path = shop.put("people.csv", HEADER + LINES)
    shop.load()
    path.write_text("city\nLyon\n")
    assert len(shop.load().refused) == 1
    assert len(shop.people()) == 2
    (entry,) = shop.query(
        "select status, accepted_lines, message, loaded_at in (select _loaded_at from"
        " raw.shop__people) from raw.landing_files"
    )
    assert entry[:2] == ("refused", 2)
    assert "kept" in entry[2]
    assert entry[3]
    # read again, so that what was told of it is told again
    path.write_text(HEADER + LINES)
    assert len(shop.load().loaded) == 1
    assert shop.query("select status, message from raw.landing_files") == [("loaded", None)]


def test_files_gone_from_the_folder_keep_their_lines(shop: Shop) -> None:
    path = shop.put("people.csv", HEADER + LINES)
    shop.load()
    path.unlink()
    shop.load()
    assert len(shop.people()) == 2


def test_a_new_declared_column_is_added_and_files_are_read_again(shop: Shop) -> None:
    shop.put("people.csv", "person_id,tier\n1,gold\n")
    shop.load()
    assert shop.people("person_id, extra") == [("1", '{"tier":"gold"}')]
    shop.declare(SOURCES.replace("          - name: note\n", "          - name: tier\n"))
    assert len(shop.load().loaded) == 1
    assert shop.people("person_id, tier, extra, note") == [("1", "gold", None, None)]


def test_load_times_rise_with_the_path(shop: Shop) -> None:
    for number in (3, 1, 2):
        shop.put(f"people_{number}.csv", HEADER + LINES)
    shop.load()
    rows = shop.query("select source_file from raw.landing_files order by loaded_at")
    assert [name[-5] for (name,) in rows] == ["1", "2", "3"]
    assert shop.query("select count(distinct loaded_at) from raw.landing_files") == [(3,)]


def test_names_with_pattern_characters_and_quotes(shop: Shop) -> None:
    shop.put("people [1]*.csv", HEADER + LINES)
    shop.put("people_it's.csv", HEADER + LINES)
    assert shop.load().refused == []
    assert len(shop.people()) == 4


def test_an_account_added_later_leaves_the_held_ones_alone(shop: Shop) -> None:
    shop.put("people.csv", HEADER + LINES)
    shop.load()
    shop.put("people_2.csv", HEADER + "9,,,\n")
    summary = shop.load()
    assert [file.status for file in summary.files] == ["held", "loaded"]
    assert shop.people("person_id, _line_number") == [("1", 2), ("2", 3), ("9", 2)]


def test_mistakes_of_the_user_are_one_sentence(shop: Shop, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"landing folder .* does not exist"):
        load(tmp_path / "none", shop.database, shop.project)
    with pytest.raises(UserError, match=r"unknown system shp: models/staging declares other, shop"):
        shop.load(["shp"])
    (tmp_path / "text.duckdb").write_text("x" * 5000)
    with pytest.raises(UserError, match=r"cannot be opened"):
        load(shop.landing, tmp_path / "text.duckdb", shop.project)
    shop.declare(SOURCES.replace('files: ["marks*"]', 'fils: ["marks*"]'))
    with pytest.raises(UserError, match=r"table marks: config.meta.landing does not know fils"):
        shop.load()
    shop.declare("sources: [\n")
    with pytest.raises(UserError, match=r"_shop__sources.yml, line 2: not valid YAML"):
        shop.load()


def test_unknown_folders_and_files_are_said(shop: Shop) -> None:
    (shop.landing / "sfmc").mkdir()
    shop.put("notes.txt", "x")
    shop.put("invoices.csv", "a,b\n")
    summary = shop.load()
    assert summary.unrecognised == ["shop/main/invoices.csv", "shop/main/notes.txt"]
    assert "sfmc/" in summary.notes[0]
