"""One odd file or folder never stops the others, and is never passed over without a word."""

import errno
import os
import struct
import zipfile
from pathlib import Path
from typing import Any

import duckdb
import pytest

from winback.errors import UserError
from winback.landing import LoadSummary, load, loader

from .conftest import Shop

HEADER = "person_id,email,city,note\n"
LINES = "1,a@x.example,Lyon,n1\n2,b@x.example,Nice,\n"


def only_refusal(summary: LoadSummary) -> str:
    """The message of the one refused file, after the good one beside it was loaded."""
    assert [file.source_file for file in summary.loaded] == ["shop/main/people_good.csv"]
    (refused,) = summary.refused
    return f"{refused.source_file}: {refused.message}"


@pytest.fixture
def good(shop: Shop) -> Shop:
    shop.put("people_good.csv", HEADER + LINES)
    return shop


def test_parquet_damaged_in_its_footer(good: Shop) -> None:
    path = good.account / "people.parquet"
    duckdb.execute(f"copy (select range as person_id from range(9)) to '{path}' (format parquet)")
    data = bytearray(path.read_bytes())
    length = struct.unpack("<I", data[-8:-4])[0]
    data[-8 - length : -8] = b"\xff" * length
    path.write_bytes(data)
    assert "the Parquet file is damaged" in only_refusal(good.load())


def test_parquet_with_a_column_the_reader_keeps_for_itself(good: Shop) -> None:
    path = good.account / "people.parquet"
    duckdb.execute(f"copy (select 1 as person_id, 2 as File_Row_Number) to '{path}'")
    assert "named file_row_number" in only_refusal(good.load())


def test_names_that_are_not_utf_8(good: Shop) -> None:
    name = os.fsdecode(b"people_caf\xe9.csv")
    (good.account / name).write_text(HEADER)
    message = only_refusal(good.load())
    assert message == (
        "shop/main/people_caf\\xe9.csv: its name is not UTF-8: rename the file or its folder"
    )


def _archive(path: Path, flag: int = 0, method: int | None = None, times: int = 1) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(times):
            if number:
                with pytest.warns(UserWarning, match="Duplicate name"):
                    archive.writestr("people_x.csv", HEADER + f"{number},,,\n")
            else:
                archive.writestr("people_x.csv", HEADER + "9,,,\n")
    data = bytearray(path.read_bytes())
    at = data.index(b"PK\x01\x02")
    if flag:
        data[at + 8 : at + 10] = struct.pack("<H", flag)
        data[at + 46 : at + 48] = b"\xff\xfe"
    if method is not None:
        data[at + 10 : at + 12] = struct.pack("<H", method)
    path.write_bytes(data)


def test_an_archive_with_a_name_that_is_not_what_it_says(good: Shop) -> None:
    _archive(good.account / "a.zip", flag=0x800)
    assert "a.zip: the zip archive is damaged" in only_refusal(good.load())


def test_an_archive_packed_by_an_unknown_method(good: Shop) -> None:
    _archive(good.account / "a.zip", method=97)
    assert "a.zip/people_x.csv: the zip archive is damaged" in only_refusal(good.load())


def test_an_archive_with_two_members_of_one_name(good: Shop) -> None:
    _archive(good.account / "a.zip", times=2)
    message = only_refusal(good.load())
    assert "a.zip: the zip archive holds more than one file named people_x.csv" in message


class _Connection:
    """A connection on which one statement fails."""

    def __init__(self, real: duckdb.DuckDBPyConnection, statement: str, error: Exception) -> None:
        self._real = real
        self._statement = statement
        self._error = error
        self._state = "waiting"

    def execute(self, sql: str, *parameters: Any) -> Any:
        is_of_file = "people_bad" in str(parameters) and "landing_unread" not in sql
        if self._state == "waiting" and is_of_file:
            self._state = "armed"
        if self._state == "armed" and sql.startswith(self._statement):
            self._state = "fired"
            self._real.rollback()
            raise self._error
        return self._real.execute(sql, *parameters)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)


def _failing(monkeypatch: pytest.MonkeyPatch, statement: str, error: Exception) -> None:
    real = loader.open_for_writing
    monkeypatch.setattr(
        loader,
        "open_for_writing",
        lambda path, **how: _Connection(real(path, **how), statement, error),
    )


@pytest.mark.parametrize(
    "error", [duckdb.TransactionException("Failed to commit: 'Anna'"), RuntimeError("std::bad")]
)
def test_a_commit_that_fails_is_told_by_its_own_name(
    good: Shop, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    good.put("people_bad.csv", HEADER + LINES)
    _failing(monkeypatch, "commit", error)
    message = only_refusal(good.load())
    assert f"people_bad.csv: cannot be read ({type(error).__name__})" in message
    assert "Anna" not in message
    assert len(good.people()) == 2


@pytest.mark.parametrize(
    "error",
    [
        duckdb.OutOfMemoryException("Out of Memory Error: failed to allocate"),
        duckdb.TransactionException("Failed to commit: Could not write file: No space left"),
        duckdb.IOException("IO Error: Could not write file x: No space left on device"),
    ],
)
def test_no_room_in_the_database_stops_the_load(
    good: Shop, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    good.put("people_bad.csv", HEADER + LINES)
    _failing(monkeypatch, "commit", error)
    with pytest.raises(UserError, match=r"memory or disk ran out .*files loaded so far are kept"):
        good.load()


@pytest.mark.parametrize("name", ["copyfileobj", "prepare"])
def test_no_room_while_unpacking_is_no_damage(
    good: Shop, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    _archive(good.account / "a.zip")

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    where = "winback.landing.decode.shutil" if name == "copyfileobj" else "winback.landing.read"
    monkeypatch.setattr(f"{where}.{name}", full)
    with pytest.raises(UserError, match="memory or disk ran out"):
        good.load()


def test_links_are_followed_and_a_folder_is_read_once(shop: Shop, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "people.csv").write_text(HEADER + LINES)
    (elsewhere / "loop").symlink_to(elsewhere)
    (shop.landing / "shop" / "north").symlink_to(elsewhere)
    (shop.landing / "shop" / "also").symlink_to(shop.account)
    shop.put("people.csv", HEADER + LINES)
    summary = shop.load()
    assert [file.source_file for file in summary.loaded] == [
        "shop/main/people.csv",
        "shop/north/people.csv",
    ]
    assert [note.split(":")[0] for note in summary.notes] == [
        "shop/also/ is the same folder as shop/main/",
        "shop/north/loop/ is the same folder as shop/north/",
    ]


def test_links_that_lead_nowhere(good: Shop, tmp_path: Path) -> None:
    (good.landing / "shop" / "north").symlink_to(tmp_path / "gone")
    assert only_refusal(good.load()).startswith("shop/north: the link leads nowhere")


def test_a_folder_that_cannot_be_read(good: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    closed = good.landing / "shop" / "closed"
    closed.mkdir()
    real = os.scandir

    def scandir(path: Any) -> Any:
        if path == closed:
            raise PermissionError(errno.EACCES, "Permission denied")
        return real(path)

    monkeypatch.setattr("winback.landing.discover.os.scandir", scandir)
    message = only_refusal(good.load())
    assert message == "shop/closed: the folder cannot be read: Permission denied"


def test_files_beside_the_folders_of_systems(shop: Shop) -> None:
    shop.account.rmdir()
    (shop.landing / "shop").rmdir()
    for name in ("shop", "people.csv", ".gitkeep"):
        (shop.landing / name).write_text(HEADER + LINES)
    notes = shop.load().notes
    assert [note.split(" ")[0] for note in notes] == ["people.csv", "shop"]
    assert "put files into <system>/<account>/" in notes[0]


def test_an_unknown_system_in_the_project(shop: Shop) -> None:
    (shop.project / "dbt_project.yml").write_text("name: shop\nvars: {systems: [shop, shp]}\n")
    with pytest.raises(UserError, match=r"unknown system shp: models/staging declares other, shop"):
        shop.load()


def test_sources_that_are_not_utf_8(shop: Shop) -> None:
    path = shop.project / "models" / "staging" / "shop" / "_shop__sources.yml"
    path.write_bytes("sources: [] # é".encode("cp1252"))
    with pytest.raises(UserError, match=r"_shop__sources.yml: not UTF-8"):
        shop.load()


@pytest.mark.parametrize(
    "first",
    ["17,Anna,Lyon,+33 6 12 34 56 78", "Anna,Lyon,a@x.example,city", "Anna,Lyon,2024-01-02,,"],
)
def test_a_first_row_with_data_is_not_printed(shop: Shop, first: str) -> None:
    shop.put("people.csv", first + "\n")
    (refused,) = shop.load().refused
    message = refused.message or ""
    assert "is the header row missing?" in message
    assert f"{first.count(',') + 1} fields" in message
    assert "Anna" not in message
    assert "Lyon" not in message
    assert ("fields: city and 3 of other names" in message) == ("city" in first)


def test_json_without_a_key_names_what_is_missing(shop: Shop) -> None:
    shop.put("people.jsonl", "{}\n")
    (refused,) = shop.load().refused
    assert "missing header “Person ID”" in (refused.message or "")


def test_json_lines_may_spell_a_key_differently(shop: Shop) -> None:
    shop.put("people.jsonl", '{"Person ID": 1}\n{"person id": 2, "Tier": "a", "tier": "b"}\n')
    assert shop.load().refused == []
    assert shop.people("person_id, extra") == [("1", None), ("2", '{"Tier":"a","tier":"b"}')]
    shop.put("people.jsonl", '{"Person ID": 1}\n{"person id": 2, "Person ID": 3}\n')
    (refused,) = shop.load().refused
    assert "the key 'Person ID' is there 2 times in line 2" in (refused.message or "")


@pytest.mark.parametrize("name", ["shop", "My shop", "memory"])
def test_a_database_of_another_version_is_loaded_into(good: Shop, name: str) -> None:
    """As an earlier winback made it, in the format of the engine, with a view on one table."""
    database = good.folder / f"{name}.duckdb"
    with duckdb.connect(str(database)) as connection:
        connection.execute("create table kept as select 1 as a")
        connection.execute(f'create view shown as select * from "{name}".main.kept')
    load(good.landing, database, good.project)
    load(good.landing, database, good.project)
    with duckdb.connect(str(database)) as connection:
        assert connection.execute("select count(*) from raw.shop__people").fetchall() == [(2,)]
        assert connection.execute("select a from shown").fetchall() == [(1,)]


@pytest.mark.parametrize("name", ["raw", "RAW", "main", "information_schema"])
def test_database_names_that_duckdb_takes_for_a_schema(shop: Shop, name: str) -> None:
    with pytest.raises(UserError, match="give the file another name"):
        load(shop.landing, shop.folder / f"{name}.duckdb", shop.project)


def test_a_file_where_the_work_folder_should_be(shop: Shop) -> None:
    (shop.folder / "shop.duckdb.landing").write_text("mine")
    with pytest.raises(UserError, match=r"shop.duckdb.landing is needed as a work folder"):
        shop.load()
    assert (shop.folder / "shop.duckdb.landing").read_text() == "mine"


def test_a_mapping_of_another_name_is_told(shop: Shop) -> None:
    names = ["_mapping.txt", "_mapping.yml.txt", "mapping.yml"]
    for name in names:
        shop.put(name, "files:\n- {entity: people, pattern: a}\n")
    shop.load()
    told = shop.query("select source_file, problem from raw.landing_unread order by 1")
    assert [name for name, _ in told] == [f"shop/main/{name}" for name in names]
    assert all("to be called _mapping.yml" in problem for _, problem in told)
