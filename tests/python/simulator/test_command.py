"""`winback simulate-inactivity`: options, errors and output."""

import json
import re
from pathlib import Path

import duckdb
import pytest
from typer.testing import CliRunner

from winback import cli
from winback.errors import UserError

from .small import write

ROOT = Path(__file__).parents[3]
SMALL = ("--from", "10", "--to", "30", "--step", "10", "--follow-up", "10")


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return write(tmp_path / "small.duckdb")


def _run(database: Path, *options: str, sector: str = "fashion") -> str:
    done = CliRunner().invoke(
        cli.app,
        [
            *("simulate-inactivity", "--sector", sector, "--project", str(ROOT)),
            *("--database", str(database), *options),
        ],
        env={"COLUMNS": "220"},
    )
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    assert done.exit_code == 0, done.output
    return done.output


def test_a_table(database: Path) -> None:
    shown = _run(database, *SMALL)
    assert re.search(r"\n +10 +8 +37\.5% \(13\.7 to 69\.4\)", shown)
    assert "*20" in shown
    assert "Too few contacts" in shown


def test_json(database: Path) -> None:
    told = json.loads(_run(database, *SMALL, "--json"))
    assert [row["declared"] for row in told["thresholds"]] == [8, 5, 4]
    assert told["sector"] == "fashion"
    assert told["recommendation_by_cost"] is None


def test_the_last_threshold_is_always_tried(database: Path) -> None:
    told = json.loads(
        _run(
            database, *("--from", "10", "--to", "35", "--step", "10", "--follow-up", "10"), "--json"
        )
    )
    assert [row["days"] for row in told["thresholds"]] == [10, 20, 30, 35]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--from", "40", "--to", "30"), "--from 40 is longer than --to 30"),
        (("--from", "0"), "--from 0: a threshold is 1 day or more"),
        (("--step", "0"), "--step 0"),
        (("--follow-up", "0"), "--follow-up 0"),
        (("--accept", "10"), "--accept 10: give a share such as 10% or 0.1"),
        (("--accept", "many"), "--accept many"),
        (("--accept", "120%"), "--accept 120%"),
        (("--send-cost", "1"), "--complaint-cost and --lost-share missing"),
        (
            ("--send-cost", "-1", "--complaint-cost", "1", "--lost-share", "1.0"),
            "--send-cost -1.0: a cost is 0 or more",
        ),
    ],
)
def test_options_that_cannot_be_meant(
    database: Path, options: tuple[str, ...], message: str
) -> None:
    with pytest.raises(UserError, match=re.escape(message)):
        _run(database, *options)


def test_vars_that_cannot_be_meant(database: Path) -> None:
    with pytest.raises(UserError, match="timezone: found `Mars`"):
        _run(database, *SMALL, "--vars", "{timezone: Mars}")


def test_a_policy_that_is_not_there(database: Path) -> None:
    with pytest.raises(UserError, match=r"did you mean fashion.* default, fashion, mail"):
        _run(database, sector="fashon")


def test_a_database_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"no database at .*: run `winback run` first"):
        _run(tmp_path / "none.duckdb")


def test_a_database_that_was_never_built(tmp_path: Path) -> None:
    path = tmp_path / "empty.duckdb"
    duckdb.connect(str(path)).close()
    with pytest.raises(UserError, match=r"holds no inactivity_flags, .*: run `winback run` on it"):
        _run(path)


def test_no_activity_at_all(tmp_path: Path) -> None:
    path = write(tmp_path / "nobody.duckdb", people={})
    with pytest.raises(UserError, match="nothing to judge by: the policy fashion admits opens, "):
        _run(path)


def test_the_database_is_only_read(database: Path) -> None:
    before = database.read_bytes()
    _run(database, *SMALL)
    assert database.read_bytes() == before
