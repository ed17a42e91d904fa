"""A warehouse is opened for a question, or a sentence says why it cannot be."""

import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from winback.database import open_for_reading
from winback.errors import UserError


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "warehouse.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("create table dim_contacts as select 'c1' as contact_id")
    return path


def test_it_is_read_and_never_written(database: Path) -> None:
    with open_for_reading(database, ["dim_contacts"]) as connection:
        assert connection.execute("select count(*) from dim_contacts").fetchall() == [(1,)]
        with pytest.raises(duckdb.Error, match="read-only"):
            connection.execute("drop table dim_contacts")


def test_what_was_not_built_is_named(database: Path) -> None:
    with pytest.raises(UserError, match="holds no segment_tree: run `winback run`"):
        open_for_reading(database, ["dim_contacts", "segment_tree"])
    # and nothing is left open
    duckdb.connect(str(database)).close()


def test_no_file(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"no database at .*: run `winback run` first"):
        open_for_reading(tmp_path / "none.duckdb", [])
    assert not (tmp_path / "none.duckdb").exists()


def test_another_kind_of_file(tmp_path: Path) -> None:
    path = tmp_path / "text.duckdb"
    path.write_text("no database")
    with pytest.raises(UserError, match="cannot be opened as a DuckDB file"):
        open_for_reading(path, [])


def test_while_another_process_writes(database: Path) -> None:
    holder = subprocess.Popen(
        [
            *(sys.executable, "-c"),
            "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print(1, flush=True); input()",
            str(database),
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    try:
        assert holder.stdout is not None
        holder.stdout.readline()
        with pytest.raises(UserError, match=r"in use by process \d+ \(python"):
            open_for_reading(database, [])
    finally:
        holder.communicate(b"\n")
