"""`make bench`: load and build as whole processes, beside DuckDB alone, as ratios of one run."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.exports import exports_in, write_exports

ROOT = Path(__file__).parents[1]
BIN = Path(sys.executable).parent

_AS_TEXT = """
import sys, duckdb
from pathlib import Path
database, *files = sys.argv[1:]
with duckdb.connect(database) as connection:
    for file in files:
        connection.execute(
            f"create table {Path(file).stem} as "
            f"select * from read_csv('{file}', all_varchar = true)"
        )
"""


@dataclass(frozen=True)
class Measure:
    """One process: wall time in seconds, peak resident memory in GiB."""

    name: str
    seconds: float
    peak_gib: float


def measure(name: str, command: list[str], environment: dict[str, str]) -> Measure:
    """Runs a command as a process of its own and takes its time and peak memory.

    Raises:
        SystemExit: the command failed; its output is printed.
    """
    with tempfile.TemporaryFile() as output:
        started = time.perf_counter()
        process = subprocess.Popen(
            command, cwd=ROOT, env=os.environ | environment, stdout=output, stderr=output
        )
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - started
        if status != 0:
            output.seek(0)
            raise SystemExit(f"{name} failed:\n{output.read().decode(errors='replace')}")
    return Measure(name, seconds, usage.ru_maxrss / 1024**2)


def warm(files: list[Path]) -> None:
    """Reads the files once, so that the first measure does not pay for the disk alone."""
    for path in files:
        with path.open("rb") as file:
            while file.read(1 << 24):
                pass


def read_sizes(arguments: list[str]) -> tuple[int, int]:
    """Returns the numbers of contacts and events: both given, or neither.

    Raises:
        SystemExit: one is given, or they are no whole numbers above 0.
    """
    if not arguments:
        return 1_000_000, 20_000_000
    if len(arguments) != 2 or not all(one.isdecimal() and int(one) for one in arguments):
        raise SystemExit("usage: python -m benchmarks [CONTACTS EVENTS], as 100000 2000000")
    return int(arguments[0]), int(arguments[1])


def run(contacts: int, events: int, console: Console) -> list[Measure]:
    """Measures all five processes on one set of files."""
    work = ROOT / "data" / "bench"
    landing = write_exports(work / "landing", contacts, events)
    files = exports_in(landing)
    databases = {name: work / f"{name}.duckdb" for name in ("text", "floor", "winback")}
    for database in databases.values():
        database.unlink(missing_ok=True)
    environment = {
        "WINBACK_DATABASE": str(databases["winback"]),
        "WINBACK_LANDING": str(landing),
        "DBT_TARGET_PATH": str(work / "target"),
        "DBT_LOG_PATH": str(work / "logs"),
    }
    # what is fitted is no part of the floor
    python, settings = sys.executable, "{systems: [generic], fitted: []}"
    dbt = [str(BIN / "dbt"), "--quiet"]
    steps: list[tuple[str, list[str]]] = [
        (
            "files as text, DuckDB",
            [python, "-c", _AS_TEXT, str(databases["text"]), *map(str, files)],
        ),
        (
            "floor script",
            [python, "-m", "benchmarks.floor", str(landing), str(databases["floor"])],
        ),
        ("winback load", [str(BIN / "winback"), "load", "--systems", "generic"]),
        (
            "dbt seed + run",
            [*dbt, "build", "--exclude-resource-type", "test", "unit_test", "--vars", settings],
        ),
        ("dbt test", [*dbt, "test", "--vars", settings]),
        ("winback run, nothing new", [str(BIN / "winback"), "run", "--vars", settings]),
    ]
    warm(files)
    results = []
    for name, command in steps:
        console.print(f"measuring: {name}")
        results.append(measure(name, command, environment))
    return results


def print_ratios(results: list[Measure], console: Console) -> None:
    """Prints each measure and its ratio to reading as text and to the floor."""
    text, floor = results[0].seconds, results[1].seconds
    table = Table("process", "seconds", "peak GiB", "x text", "x floor")
    whole = results[2].seconds + results[3].seconds
    rows = [*results, Measure("load + build", whole, max(r.peak_gib for r in results[2:4]))]
    for row in rows:
        table.add_row(
            row.name,
            f"{row.seconds:.1f}",
            f"{row.peak_gib:.1f}",
            f"{row.seconds / text:.2f}",
            f"{row.seconds / floor:.2f}",
        )
    console.print(table)


if __name__ == "__main__":
    out = Console()
    print_ratios(run(*read_sizes(sys.argv[1:]), out), out)
