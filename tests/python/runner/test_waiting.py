"""A database that somebody else has open is waited for, and the end of a wait is one line."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from typer.testing import CliRunner

from winback import cli
from winback.database import connect, only_run, open_for_reading, open_for_writing, seconds_to_wait
from winback.errors import UserError

ROOT = Path(__file__).parents[3]

HOLD_DATABASE = """
import duckdb, sys, time
connection = duckdb.connect(sys.argv[1], read_only=sys.argv[2] == "reader")
print("held", flush=True)
sys.stdin.readline()
"""
HOLD_RUN = """
import sys
from pathlib import Path
from winback.database import only_run
with only_run(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.readline()
"""


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "warehouse.duckdb"
    connect(path, read_only=False).close()
    return path


@contextmanager
def held(program: str, database: Path, kind: str, seconds: float) -> Iterator[int]:
    """Another process that lets go after so many seconds; gives its number."""
    command = [sys.executable, "-c", program, str(database), kind]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdin is not None
        assert holder.stdout is not None
        holder.stdout.readline()
        letting_go = threading.Timer(seconds, lambda: holder.communicate(b"\n"))
        letting_go.start()
        try:
            yield holder.pid
        finally:
            letting_go.join()


@pytest.mark.parametrize("kind", ["reader", "writer"])
def test_a_database_is_waited_for(
    database: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], kind: str
) -> None:
    monkeypatch.setenv("WINBACK_WAIT", "30")
    with held(HOLD_DATABASE, database, kind, 0.6) as number:
        open_for_writing(database).close()
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert said.startswith(f"winback: waiting for process {number} (python")
    assert said.endswith("to close the database, up to 30 s\n")


def test_a_question_waits_for_a_run(database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WINBACK_WAIT", "30")
    with held(HOLD_DATABASE, database, "writer", 0.4):
        open_for_reading(database, []).close()


@pytest.mark.parametrize("seconds", ["0", "0.3"])
def test_not_longer_than_set(database: Path, monkeypatch: pytest.MonkeyPatch, seconds: str) -> None:
    monkeypatch.setenv("WINBACK_WAIT", seconds)
    start = time.monotonic()
    with held(HOLD_DATABASE, database, "writer", 3) as number:
        with pytest.raises(UserError) as refusal:
            open_for_writing(database)
        assert time.monotonic() - start < 2.9
    assert f"is in use by process {number} (python" in str(refusal.value)
    assert "--wait" in str(refusal.value)


def test_readers_do_not_wait_for_each_other(database: Path) -> None:
    with held(HOLD_DATABASE, database, "reader", 0.2):
        open_for_reading(database, []).close()


def test_runs_follow_one_another(
    database: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with held(HOLD_RUN, database, "", 0.8) as number:
        said = f"is being loaded or built by process {number}"
        with pytest.raises(UserError, match=said), only_run(database):
            pytest.fail("two runs at a time")
        # another database is nothing to wait for
        with only_run(database.with_name("other.duckdb")):
            pass
        monkeypatch.setenv("WINBACK_WAIT", "30")
        with only_run(database):
            assert database.with_name("warehouse.duckdb.lock").read_text() == str(os.getpid())
    assert f"waiting for process {number}, which loads or builds" in capsys.readouterr().err
    # a run that ended, killed or not, is not waited for
    monkeypatch.setenv("WINBACK_WAIT", "0")
    with only_run(database):
        pass


@pytest.mark.parametrize(
    "command", [["load"], ["forget", "a/b/c.csv"], ["erase", "--email", "ann@shop.example"]]
)
def test_nothing_comes_between_what_a_run_loads_and_builds(
    database: Path, command: list[str]
) -> None:
    arguments = [*command, "--database", str(database), "--project", str(ROOT)]
    with held(HOLD_RUN, database, "", 0.8) as number:
        refused = CliRunner().invoke(cli.app, arguments)
    assert isinstance(refused.exception, UserError)
    assert f"is being loaded or built by process {number}" in str(refused.exception)


@pytest.mark.parametrize("given", ["soon", "-1", "nan", "inf"])
def test_a_wait_that_is_no_time(monkeypatch: pytest.MonkeyPatch, given: str) -> None:
    monkeypatch.setenv("WINBACK_WAIT", given)
    with pytest.raises(UserError, match=r"WINBACK_WAIT.*seconds"):
        seconds_to_wait()


def test_the_usual_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WINBACK_WAIT")
    assert seconds_to_wait() == 60
