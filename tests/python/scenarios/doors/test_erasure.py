"""Erasing one person from a whole warehouse: whatever was built, nothing of the address is left."""

import shutil
from pathlib import Path

import pytest

from winback.database import connect
from winback.erasure.addresses import sha256
from winback.erasure.erase import EraseOptions, erase
from winback.erasure.proof import Proof

from ..warehouse import ROOT
from .conftest import Doors

# of one contact: one cell holds both
ADDRESSES = ("kim.a@c01b.example", "kim.b@c01b.example")


@pytest.fixture(scope="module")
def erased(doors: Doors, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Proof]:
    """A copy of the warehouse without one of its people."""
    folder = tmp_path_factory.mktemp("erasure")
    project = folder / "project"
    for path in (ROOT / "models" / "staging").glob("*/_*__sources.yml"):
        target = project / path.relative_to(ROOT)
        target.parent.mkdir(parents=True)
        shutil.copy(path, target)
    shutil.copy(ROOT / "dbt_project.yml", project)
    database = folder / "copy.duckdb"
    shutil.copy(doors.warehouse.database, database)
    options = EraseOptions(project, database, folder / "no landing folder")
    return database, erase([sha256(ADDRESSES[0])], options)


def test_nothing_of_the_person_is_found(erased: tuple[Path, Proof], doors: Doors) -> None:
    database, proof = erased
    assert proof.verified, proof.searched
    assert {"raw.generic__contacts", "marts.dim_contacts"} <= {
        entry["table"] for entry in proof.tables
    }
    data = database.read_bytes().lower()
    for address in ADDRESSES:
        assert address.encode() not in data
        assert address.encode("utf-16-le") not in data
    with connect(database, read_only=True) as connection:
        left = connection.execute("select count(*) from dim_contacts").fetchall()
        kept = connection.execute(
            "select count(*) from suppression_register where list_contains(?, address_sha256)",
            [proof.address_sha256],
        ).fetchall()
    assert left == [(doors.warehouse.value("select count(*) from dim_contacts") - 1,)]
    assert kept[0][0] > 0


def test_every_table_and_view_is_still_there(erased: tuple[Path, Proof], doors: Doors) -> None:
    names = (
        "select table_schema, table_name, table_type from information_schema.tables order by all"
    )
    with connect(erased[0], read_only=True) as connection:
        found = connection.execute(names).fetchall()
        for schema, table, kind in found:
            if kind == "VIEW":
                connection.execute(f'select * from "{schema}"."{table}" limit 1')
    assert set(doors.warehouse.query(names)) <= set(found)
