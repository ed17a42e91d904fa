"""`winback load` as a person or a scheduler meets it: exit codes, messages, sudden death."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import pytest

from .conftest import Shop

SOURCE = Path(__file__).parents[3] / "src"


def command(
    shop: Shop,
    *options: str,
    name: str = "load",
    cwd: Path | None = None,
    database: bool = True,
    landing: bool = True,
) -> "subprocess.Popen[str]":
    env = {key: value for key, value in os.environ.items() if not key.startswith("WINBACK_")}
    env |= {"PYTHONPATH": str(SOURCE), "WINBACK_WAIT": "0"}
    if landing:
        env["WINBACK_LANDING"] = str(shop.landing)
    if database:
        env["WINBACK_DATABASE"] = str(shop.database)
    return subprocess.Popen(
        [sys.executable, "-m", "winback.cli", name, *options],
        cwd=cwd or shop.project,
        # a test run in the background ignores interrupts, and its children would
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def finish(process: "subprocess.Popen[str]") -> tuple[int, str]:
    output, _ = process.communicate(timeout=120)
    assert "Traceback" not in output
    return process.returncode, output


def test_vars_of_one_load(shop: Shop) -> None:
    shop.put("people.csv", "person_id\n1\n")
    (shop.folder / "landing").rename(shop.project / "elsewhere")
    options = ["--vars", "{landing_path: elsewhere, landing_limits: {members: 5}}"]
    code, output = finish(command(shop, *options, landing=False))
    assert code == 0, output
    assert len(shop.people()) == 1
    code, output = finish(command(shop, "--vars", "{landing_limits: {members: 0}}", landing=False))
    assert code == 1
    assert "landing_limits" in output


def test_exit_code_and_table(shop: Shop) -> None:
    shop.put("people.csv", "person_id,email\n1,anna@x.example\n2,ben@x.example,zzz\n")
    code, output = finish(command(shop))
    assert code == 0
    assert "1 rejected" in output
    assert "1 line rejected: 1 with 3 columns found, 2 expected" in " ".join(output.split())
    # the whole table is there although a log has no width
    table = [line.split() for line in output.splitlines()]
    assert ["table", "files", "new", "held", "refused", "lines", "accepted", "rejected"] in table
    assert ["shop__people", "1", "1", "0", "0", "2", "1", "1"] in table
    shop.put("people_2.csv", "email\nanna@x.example\n")
    code, output = finish(command(shop, "--systems", "shop"))
    assert code == 1
    assert "refused" in output
    assert "people_2.csv: missing header “Person ID”" in " ".join(output.split())
    # what lines hold is never printed
    assert "anna" not in output
    assert "ben" not in output
    assert "zzz" not in output


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--landing", "nowhere"), "landing folder nowhere does not exist"),
        (("--systems", "shp"), "unknown system shp"),
        (("--systems", ","), "--systems is empty"),
        (("--database", "no/such/folder.duckdb"), "does not exist: make it first"),
        (("--project", "/"), "no dbt_project.yml"),
    ],
)
def test_a_mistake_is_one_line(shop: Shop, options: tuple[str, ...], message: str) -> None:
    code, output = finish(command(shop, *options))
    assert code == 1
    assert output.startswith("winback: ")
    assert message in " ".join(output.split())


def test_a_database_in_use_is_said(shop: Shop) -> None:
    shop.put("people.csv", "person_id\n1\n")
    with duckdb.connect(str(shop.database)):
        code, output = finish(command(shop))
    assert code == 1
    said = " ".join(output.split())
    assert f"in use by process {os.getpid()} (" in said
    assert "--wait" in said


@pytest.mark.parametrize(
    ("seconds", "sent", "expected"),
    [(0.0, signal.SIGINT, 130), (0.6, signal.SIGINT, 130), (0.4, signal.SIGTERM, 143)],
)
def test_an_interrupt_is_one_line(
    shop: Shop, seconds: float, sent: signal.Signals, expected: int
) -> None:
    rows = "".join(f"{row},p{row}@x.example,Lyon,x\n" for row in range(1_500_000))
    shop.put("people.csv", "person_id,email,city,note\n" + rows)
    process = command(shop)
    while not list(shop.folder.glob("*.landing")) and process.poll() is None:
        time.sleep(0.01)
    time.sleep(seconds)
    process.send_signal(sent)
    code, output = finish(process)
    assert code == expected
    assert output == "winback: stopped; what was loaded and built so far is kept\n"
    assert not list(shop.folder.glob("*.landing"))


def test_the_default_database_is_in_the_project(shop: Shop) -> None:
    below = shop.project / "models"
    process = command(shop, cwd=below, database=False)
    assert finish(process)[0] == 0
    assert (shop.project / "winback.duckdb").exists()
    assert not (below / "winback.duckdb").exists()


def test_forgetting_a_file(shop: Shop) -> None:
    shop.put("people.csv", "person_id\n1\n")
    assert finish(command(shop))[0] == 0
    code, output = finish(command(shop, "shop/main/people.csv", name="forget"))
    assert (code, output) == (0, "forgot shop/main/people.csv\n")
    assert shop.people() == []


def test_killed_at_any_moment_leaves_whole_files_or_nothing(shop: Shop) -> None:
    """Kill a load at random moments; what is there is whole, and the next run completes it."""
    sizes = {}
    for number in range(6):
        rows = 40_000 + 1_000 * number
        lines = (f"{row},p{row}@x.example,Lyon,note {row}\n" for row in range(rows))
        bad = '9,"x\n' if number % 2 else ""
        shop.put(f"people_{number}.csv", "person_id,email,city,note\n" + "".join(lines) + bad)
        sizes[f"shop/main/people_{number}.csv"] = rows
    chance = random.Random(3)
    killed = 0
    for _ in range(4):
        process = command(shop)
        while not shop.database.exists() and process.poll() is None:
            time.sleep(0.01)
        time.sleep(chance.uniform(0.0, 0.8))
        if process.poll() is None:
            process.send_signal(signal.SIGKILL)
            killed += 1
        process.communicate()
        with duckdb.connect(str(shop.database)) as connection:
            made = connection.execute(
                "select 1 from duckdb_tables() where table_name = 'landing_files'"
            ).fetchall()
        if not made:
            continue
        held = dict(shop.query("select source_file, accepted_lines from raw.landing_files"))
        found = dict(shop.query("select _source_file, count(*) from raw.shop__people group by 1"))
        assert found == held == {name: sizes[name] for name in held}
    assert killed
    code, _ = finish(command(shop))
    assert code == 0
    found = dict(shop.query("select _source_file, count(*) from raw.shop__people group by 1"))
    assert found == sizes
    assert len(shop.rejected()) == 3
    assert not list(shop.folder.glob("*.landing"))
