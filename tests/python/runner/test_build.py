"""What a failed build says, and what it must not say."""

import json
import re
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import duckdb
import pytest

from winback.build import _arguments, _summarise, clean_results, target_folder


@dataclass
class _Outcome:
    results: list[Any] = field(default_factory=list)
    exception: Exception | None = None
    success: bool = True

    @property
    def result(self) -> Any:
        return SimpleNamespace(results=self.results)


def _node(name: str, status: str, message: str = "") -> Any:
    return SimpleNamespace(node=SimpleNamespace(name=name), status=status, message=message)


def test_counts_and_sentences() -> None:
    result = _summarise(
        _Outcome(
            [
                _node("a", "success"),
                _node("b", "pass"),
                _node("c", "warn", "Got 3 results"),
                _node("d", "error", "Runtime Error in model d\n  no such column\n  LINE 4: x"),
                _node("e", "skipped"),
            ],
            success=False,
        )
    )
    assert (result.succeeded, result.skipped, result.ok) == (2, 1, False)
    assert result.warnings == ["c: Got 3 results"]
    assert result.failures == ["d: Runtime Error in model d no such column"]


LEFT_OUT = "its text is left out, it may quote a row; `dbt build --select` this model shows it"


@pytest.mark.parametrize(
    ("message", "said"),
    [
        (
            "Could not convert string 'jane.doe+x@example.org' to DATE",
            "Could not convert string '<value>' to DATE",
        ),
        (
            "Runtime Error in model a (models/a.sql)\n"
            "  Conversion Error: Could not convert string 'Schmidt, Anna 1980-02-03' to DATE when"
            " casting from source column x\n\n  LINE 3: select 'Anna'",
            "Runtime Error in model a (models/a.sql)"
            " Conversion Error: Could not convert string '<value>' to DATE",
        ),
        (
            'Invalid Input Error: Could not parse string "Anna O\'Brien" according to format'
            ' specifier "%Y-%m-%d"\nAnna O\'Brien\n^\nError: Full specifier did not match',
            "Invalid Input Error: Could not parse string '<value>'",
        ),
        (
            "Conversion Error: Could not convert string 'Anna\nSchmidt' to INT32",
            "Conversion Error: Could not convert string '<value>' to INT32",
        ),
        (
            "Conversion Error: Could not convert string 'x' to DATE_Anna' to INT32",
            "Conversion Error: Could not convert string '<value>' to INT32",
        ),
        (
            "Conversion Error: Type INT64 with value 33612345678 can't be cast",
            "Conversion Error: a value of type INT64 cannot be cast",
        ),
        (
            "Invalid Input Error: NOT NULL constraint failed: Anna.Schmidt",
            f"Invalid Input Error: {LEFT_OUT}",
        ),
        (
            'Conversion Error: invalid date field format: "Anna", expected format is (YYYY-MM-DD)',
            "Conversion Error: invalid date field format '<value>'",
        ),
        ("Conversion Error: Date out of range: 1980-02-03", f"Conversion Error: {LEFT_OUT}"),
        (
            'Constraint Error: Duplicate key "name: Anna Schmidt" violates unique constraint',
            "Constraint Error: Duplicate key '<value>'",
        ),
        (
            "Constraint Error: NOT NULL constraint failed: a.contact_id",
            "Constraint Error: NOT NULL constraint failed: a.contact_id",
        ),
        (
            "Out of Range Error: Overflow in addition of INT64 (33612345678 + 1)!",
            "Out of Range Error: Overflow in addition of INT64",
        ),
        # error() of one's own, and what takes the shape of a gate's stop and is none
        (
            "Runtime Error in model a (models/a.sql)\n  Invalid Input Error: Anna is no customer",
            f"Runtime Error in model a (models/a.sql) Invalid Input Error: {LEFT_OUT}",
        ),
        (
            "Runtime Error in model a (models/a.sql)\n  Invalid Input Error: Stopped at a: Anna",
            f"Runtime Error in model a (models/a.sql) Invalid Input Error: {LEFT_OUT}",
        ),
        (
            "Runtime Error in model gate_a (models/gate_a.py)\n"
            "  Invalid Input Error: Anna. Stopped at gate_a: x",
            f"Runtime Error in model gate_a (models/gate_a.py) Invalid Input Error: {LEFT_OUT}",
        ),
        (
            "Anna Schmidt Invalid Input Error: Malformed JSON at byte 1 of input:"
            ' unexpected character.  Input: "Anna"',
            f"Invalid Input Error: {LEFT_OUT}",
        ),
        (
            "Runtime Error in model p (models/p.py)\n  Python model failed:\n"
            '  Traceback (most recent call last):\n    File "/x/p.py", line 4, in model\n'
            "      raise ValueError(name)\n  ValueError: Anna\n  Schmidt",
            "Runtime Error in model p (models/p.py) Python model failed: ValueError"
            f" (line 4, in model): {LEFT_OUT}",
        ),
        (
            "Runtime Error in model p (models/p.py)\n  Python model failed:\n"
            '    File "/x/p.py", line 4, in model\n'
            "  winback.errors.UserError: var clusters: k_max is 0",
            "Runtime Error in model p (models/p.py) Python model failed: var clusters: k_max is 0",
        ),
        # names in SQL are what helps, and are nobody's
        (
            'Binder Error: Referenced column "emial" not found; ask anna@x.example',
            'Binder Error: Referenced column "emial" not found; ask <address>',
        ),
        (
            'Catalog Error: Table with name contcts does not exist!\nDid you mean "contacts"?',
            'Catalog Error: Table with name contcts does not exist! Did you mean "contacts"?',
        ),
        (
            'Parser Error: syntax error at or near "selec"\n\nLINE 1: selec 1\n        ^^^^^',
            'Parser Error: syntax error at or near "selec"',
        ),
    ],
)
def test_no_value_of_a_row_gets_out(message: str, said: str) -> None:
    result = _summarise(_Outcome([_node("a", "error", message)], success=False))
    assert result.failures == [f"a: {said}"]


def test_no_value_stays_in_the_results_file(tmp_path: Path) -> None:
    path = tmp_path / "run_results.json"
    clean_results(path)
    message = "Conversion Error: Could not convert string 'Anna' to DATE"
    path.write_text(json.dumps({"results": [{"message": message}, {"message": None}], "args": {}}))
    clean_results(path)
    assert json.loads(path.read_text()) == {
        "results": [
            {"message": "Conversion Error: Could not convert string '<value>' to DATE"},
            {"message": ""},
        ],
        "args": {},
    }


def test_a_failure_before_any_node() -> None:
    assert _summarise(_Outcome(exception=ValueError("no project"))).failures == ["no project"]
    assert not _summarise(_Outcome(success=False)).ok


def test_a_database_that_is_held_is_one_sentence() -> None:
    message = (
        'IO Error: Could not set lock on file "/x/a.duckdb": Conflicting lock is held in'
        " /usr/bin/python3.11 (PID 4711). See also https://duckdb.org/docs"
    )
    (failure,) = _summarise(_Outcome(exception=ValueError(message))).failures
    assert "is in use by process 4711 (python3.11): wait for it" in failure


@pytest.mark.parametrize(
    ("database", "folder"),
    [("winback.duckdb", r"target"), ("north.duckdb", r"target/north-[0-9a-f]{8}")],
)
def test_databases_of_one_project_do_not_share_a_target(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, database: str, folder: str
) -> None:
    monkeypatch.delenv("DBT_TARGET_PATH", raising=False)
    found = target_folder(tmp_path, tmp_path / database).relative_to(tmp_path).as_posix()
    assert re.fullmatch(folder, found)
    arguments = _arguments("build", tmp_path, {}, tmp_path / database)
    assert arguments[arguments.index("--target-path") + 1] == str(tmp_path / found)
    assert target_folder(tmp_path, tmp_path / "x" / database).name != found
    monkeypatch.setenv("DBT_TARGET_PATH", "given")
    assert target_folder(tmp_path, tmp_path / database) == tmp_path / "given"


def test_a_gate_stops_in_its_own_words() -> None:
    message = (
        "Runtime Error in model gate_staging (models/staging/gate_staging.py)\n"
        "  Invalid Input Error: Stopped at gate_staging: half the lines are gone."
    )
    result = _summarise(_Outcome([_node("gate_staging", "error", message)], success=False))
    assert result.failures == ["gate_staging: Stopped at gate_staging: half the lines are gone."]


# the command line around a build of two models
BUILD = """
import sys
import time
from pathlib import Path
import typer
from rich.console import Console
from winback import cli
from winback.build import build
database = Path(sys.argv.pop())
cli.app = typer.Typer()
@cli.app.command()
def run() -> None:
    build(database.parent, database, {}, console=Console())
cli.main()
"""


def test_a_build_that_is_terminated_ends_as_with_ctrl_c(tmp_path: Path) -> None:
    """Amid a query that would not end by itself: one line, and what was built before is there."""
    (tmp_path / "models").mkdir()
    (tmp_path / "dbt_project.yml").write_text(
        "{name: own, version: '1.0', profile: own, models: {own: {+materialized: table}}}"
    )
    (tmp_path / "profiles.yml").write_text(
        "own: {target: dev, outputs: {dev: {type: duckdb, threads: 1,"
        """ path: "{{ env_var('WINBACK_DATABASE') }}"}}}"""
    )
    (tmp_path / "models" / "first.sql").write_text("select 1 as a")
    (tmp_path / "models" / "second.sql").write_text(
        "select sum(hash(b.range, c.range)) as a"
        " from {{ ref('first') }} as a, range(10000000) as b, range(10000000) as c"
    )
    database = tmp_path / "own.duckdb"
    with subprocess.Popen(
        [sys.executable, "-u", "-c", BUILD, str(database)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "building: 1 of 2\n"
        time.sleep(0.5)
        process.send_signal(signal.SIGTERM)
        output = process.stdout.read()
    assert process.returncode == 143
    said = [line for line in output.splitlines() if not line.startswith("building: ")]
    assert said == ["winback: stopped; what was loaded and built so far is kept"]
    with duckdb.connect(str(database)) as connection:
        tables = connection.execute("select table_name from duckdb_tables()").fetchall()
    assert tables == [("first",)]
