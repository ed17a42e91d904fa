"""The ledger tells what is held: killed at any statement, and after files went."""

import os
import shutil
import zipfile
from pathlib import Path
from typing import Any

import duckdb
import pytest

from winback.errors import UserError
from winback.landing import forget, load, loader

from .conftest import Shop

HEADER = "person_id,email,city,note\n"
LINES = "1,a@x.example,Lyon,n1\n2,b@x.example,Nice,\n"


class _Photographed:
    """A connection that copies the database as it lies on disk after each statement: what a
    killed process leaves."""

    def __init__(self, real: duckdb.DuckDBPyConnection, database: Path, copies: Path) -> None:
        self._real = real
        self._database = database
        self._copies = copies

    def execute(self, *arguments: Any) -> Any:
        result = self._real.execute(*arguments)
        target = self._copies / f"{len(list(self._copies.iterdir())):03d}"
        target.mkdir()
        for suffix in ("", ".wal"):
            file = Path(f"{self._database}{suffix}")
            if file.exists():
                shutil.copyfile(file, target / file.name)
        return result

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)


def test_killed_after_any_statement_no_line_is_held_twice(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    touched = shop.put("people_a.csv", HEADER + LINES)
    changed = shop.put("people_b.csv", HEADER + LINES)
    refused = shop.put("people_c.csv", HEADER + LINES)
    shop.load()
    os.utime(touched, (1, 1))
    changed.write_text(HEADER + "3,,,\n")
    refused.write_text("city\n")
    copies = shop.folder / "copies"
    copies.mkdir()
    real = loader.open_for_writing
    with monkeypatch.context() as patch:
        patch.setattr(
            loader,
            "open_for_writing",
            lambda path, **how: _Photographed(real(path, **how), shop.database, copies),
        )
        shop.load()
    killed = sorted(copies.iterdir())
    assert len(killed) > 10
    for copy in killed:
        database = copy / shop.database.name
        load(shop.landing, database, shop.project)
        with duckdb.connect(str(database), read_only=True) as connection:
            assert connection.execute(
                "select _source_file, count(*) from raw.shop__people group by all order by all"
            ).fetchall() == [
                ("shop/main/people_a.csv", 2),
                ("shop/main/people_b.csv", 1),
                ("shop/main/people_c.csv", 2),
            ]
            assert connection.execute(
                "select source_file, status, lines, epoch(modified_at) = 1 from raw.landing_files"
                " order by all"
            ).fetchall() == [
                ("shop/main/people_a.csv", "loaded", 2, True),
                ("shop/main/people_b.csv", "loaded", 1, False),
                ("shop/main/people_c.csv", "refused", 2, False),
            ]


def test_lines_without_a_row_in_the_ledger_are_replaced(shop: Shop) -> None:
    shop.put("people.csv", HEADER + LINES + "bad\n")
    shop.load()
    with duckdb.connect(str(shop.database)) as connection:
        connection.execute("delete from raw.landing_files")
    shop.load()
    assert len(shop.people()) == 2
    assert len(shop.rejected()) == 1


def test_a_file_that_another_table_declares_now_leaves_the_former(shop: Shop) -> None:
    shop.put("people_2.csv", "person_id,email,mark\n1,a@x.example,1\n")
    shop.load()
    sources = (shop.project / "models/staging/shop/_shop__sources.yml").read_text()
    shop.declare(sources.replace('"marks*"', '"people_2*"'))
    shop.load()
    assert shop.people() == []
    assert shop.query("select person_id from raw.shop__marks") == [("1",)]


def test_a_refused_file_is_forgotten_once_it_is_gone(shop: Shop) -> None:
    gone = shop.put("people_a.csv", "city\n")
    newer = shop.put("people_b.csv", HEADER + LINES)
    shop.put("a.zip", b"PK cut")
    shop.load()
    newer.write_text("city\n")
    assert len(shop.load().refused) == 3
    gone.unlink()
    newer.unlink()
    with zipfile.ZipFile(shop.account / "a.zip", "w") as archive:
        archive.writestr("people.csv", HEADER + "7,,,\n")
    assert shop.load().refused == []
    # of the second one a former version is held, as of any file that was taken out
    assert shop.query(
        "select source_file, status, lines, message from raw.landing_files order by 1"
    ) == [
        ("shop/main/a.zip/people.csv", "loaded", 1, None),
        ("shop/main/people_b.csv", "loaded", 2, None),
    ]
    assert len(shop.people()) == 3


def test_systems_that_are_not_read_keep_their_rows(shop: Shop) -> None:
    path = shop.put("people.csv", "city\n")
    shop.load()
    path.unlink()
    shop.load(["other"])
    assert len(shop.ledger()) == 1


def test_members_that_left_their_archive_leave_with_their_lines(shop: Shop) -> None:
    def pack(**members: str) -> None:
        with zipfile.ZipFile(shop.account / "a.zip", "w") as archive:
            for name, text in members.items():
                archive.writestr(f"{name}.csv", text)

    def held() -> list[tuple[Any, ...]]:
        return shop.query("select distinct _source_file from raw.shop__people order by 1")

    shop.put("a.zip.csv", "no table of the system declares it")
    pack(people_1=HEADER + LINES + "bad\n", people_2=HEADER + LINES)
    shop.load()
    # as long as something in the new archive is refused, nothing of the former one goes
    pack(people_3=HEADER + LINES, people_4="city\n")
    shop.load()
    assert [name[-5:-4] for (name,) in held()] == ["1", "2", "3"]
    pack(people_3=HEADER + LINES)
    shop.load()
    assert [name[-5:-4] for (name,) in held()] == ["3"]
    assert [row[:2] for row in shop.ledger()] == [("shop/main/a.zip/people_3.csv", "loaded")]
    assert shop.rejected() == []
    # an archive that is gone keeps its lines, as any file does
    (shop.account / "a.zip").unlink()
    shop.load()
    assert len(shop.people()) == 2


def test_files_are_forgotten_on_purpose(shop: Shop) -> None:
    with pytest.raises(UserError, match="does not exist"):
        forget(shop.database, ["shop/main/people.csv"])
    with zipfile.ZipFile(shop.account / "a.zip", "w") as archive:
        archive.writestr("people_1.csv", HEADER + LINES)
        archive.writestr("people_2.csv", HEADER + LINES + "bad\n")
    shop.put("people_a.csv", HEADER + LINES)
    shop.put("people_b.csv", HEADER + LINES)
    shop.load()
    with pytest.raises(UserError, match=r"no file people_a.csv is held.*source_file"):
        forget(shop.database, ["shop/main/people_b.csv", "people_a.csv"])
    assert len(shop.ledger()) == 4
    assert forget(shop.database, ["shop/main/people_b.csv", "shop/main/a.zip"]) == [
        "shop/main/people_b.csv",
        "shop/main/a.zip/people_1.csv",
        "shop/main/a.zip/people_2.csv",
    ]
    assert [row[0] for row in shop.ledger()] == ["shop/main/people_a.csv"]
    assert len(shop.people()) == 2
    assert shop.rejected() == []
    assert shop.query("select count(*) from raw.landing_log") == [(4,)]
    # what still lies in the folder is read again
    assert len(shop.load().loaded) == 3
