"""Runs `winback` as its user does, in a process of its own, and reads what it built."""

import gc
import hashlib
import json
import multiprocessing
import os
import shutil
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, ClassVar

from winback.database import LAYERS, connect
from winback.declared import read_vars

ROOT = Path(__file__).parents[3]
BIN = Path(sys.executable).parent

# the layouts that leave their zone open want it said; four dates show all that thirteen show; and
# models that are fitted take longer than the rest of a small build
PLAIN_VARS = "{hubspot: {timezone: Europe/Paris}, history_months: 3, fitted: []}"
# what is fitted as well; in four dates only what lies within a month can be predicted and judged
FITTED = {
    "clusters": read_vars(ROOT)["clusters"] | {"references": 5, "bootstraps": 5},
    "propensity": read_vars(ROOT)["propensity"]
    | {"targets": {"returning": 30, "churning": 30, "buying": 30}},
    "segment_quality": read_vars(ROOT)["segment_quality"] | {"within_days": 30},
}
DEMO_VARS = PLAIN_VARS.replace("fitted: []", json.dumps(FITTED)[1:-1])
# for exports in the generic layout only; dbt reads all files anew for vars it has not seen, which
# takes longer than a small build: tests share these rather than give their own
GENERIC_VARS = PLAIN_VARS.removesuffix("}") + ", systems: [generic]}"

PLAIN_ENVIRONMENT = {"WINBACK_THREADS": "1", "DBT_WRITE_JSON": "false"}

# columns that tell when a line was read or a check was run, not what is in the data
CLOCK_COLUMNS = {
    "loaded_at",
    "_loaded_at",
    "first_loaded_at",
    "last_loaded_at",
    "last_answered_at",
    "evaluated_at",
    "modified_at",
    "load_started_at",
}
# logs of what happened, which a second run lengthens
LOG_TABLES = {"landing_log", "gate_history", "segment_membership_log", "segment_rules"}


@dataclass
class Outcome:
    """How a command ended."""

    code: int
    output: str

    def check(self) -> "Outcome":
        """Fails the test, with all that was printed, unless the command succeeded."""
        assert self.code == 0, self.output
        return self


# Much of a small run is the import of dbt and Great Expectations. Commands are forked from one that
# has done it: each is still a process with arguments, environment and end of its own.
_COMMANDS = multiprocessing.get_context("forkserver")
_COMMANDS.set_forkserver_preload(
    ["winback.cli", "dbt.cli.main", "dbt.adapters.duckdb", "great_expectations", "sklearn.cluster"]
)


def execute(command: Sequence[str], environment: Mapping[str, str] = os.environ) -> Outcome:
    """Runs `winback …` or `dbt …` in the project's folder and waits for its end."""
    with tempfile.NamedTemporaryFile("r") as output:
        process = _COMMANDS.Process(
            target=_main, args=(list(command), dict(environment), output.name)
        )
        process.start()
        process.join()
        assert process.exitcode is not None
        return Outcome(process.exitcode, output.read())


def _main(command: list[str], environment: dict[str, str], output: str) -> None:
    file = os.open(output, os.O_WRONLY | os.O_APPEND)
    os.dup2(file, 1)
    os.dup2(file, 2)
    os.chdir(ROOT)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = command
    gc.set_threshold(50_000, 20, 1_000)  # as winback does for dbt
    if command[0] == "dbt":
        from dbt.cli.main import cli

        cli()
    else:
        from winback.cli import main

        main()


@dataclass
class Warehouse:
    """One landing folder, one database, one dbt target folder.

    dbt parses the project anew for each path of a database, which takes longer than to build the
    little data of a test. So every warehouse of a worker is reached by the path `slot/current`, a
    link to its folder, and a new one starts with what dbt parsed for one before it; dbt itself
    finds out whether that still holds.

    A plain one is built by one thread of dbt, which takes a sixth less of the processor, and
    without dbt's files of what was built; the demo is built as its user does.
    """

    folder: Path
    landing: Path
    variables: str = PLAIN_VARS
    is_plain: bool = True
    slot: ClassVar[Path]

    @property
    def database(self) -> Path:
        return self.folder / "warehouse.duckdb"

    @property
    def environment(self) -> dict[str, str]:
        """Of a command on this warehouse, which it makes the current one."""
        current = self.slot / "current"
        current.unlink(missing_ok=True)
        current.symlink_to(self.folder, target_is_directory=True)
        return os.environ | {
            "DBT_TARGET_PATH": str(self.folder / "target"),
            "DBT_LOG_PATH": str(self.folder / "logs"),
            "WINBACK_DATABASE": str(current / self.database.name),
            "WINBACK_LANDING": str(self.landing),
            "DBT_LOG_LEVEL_FILE": "none",
            "COLUMNS": "200",
            **(PLAIN_ENVIRONMENT if self.is_plain else {}),
        }

    def command(self, *arguments: str) -> list[str]:
        if arguments[0] == "run" and "--vars" not in arguments:
            arguments = (*arguments, "--vars", self.variables)
        return ["winback", *arguments]

    def run(self, *arguments: str) -> Outcome:
        """`winback run` with these options on this landing folder and database."""
        return self.winback("run", *arguments)

    def winback(self, *arguments: str) -> Outcome:
        return self._execute(self.command(*arguments))

    def dbt(self, *arguments: str, variables: str | None = None) -> Outcome:
        return self._execute(["dbt", *arguments, "--vars", variables or self.variables])

    def _execute(self, command: list[str]) -> Outcome:
        settings = [
            (option, value)
            for option, value in pairwise(command)
            if option in ("--vars", "--systems", "--as-of", "--currency", "--sector")
        ]
        key = hashlib.md5(repr([self.is_plain, *settings]).encode()).hexdigest()
        parsed = self.slot / f"{key}.msgpack"
        own = self.folder / "target" / "partial_parse.msgpack"
        if parsed.exists():
            own.parent.mkdir(exist_ok=True)
            shutil.copy(parsed, own)
        outcome = execute(command, self.environment)
        if own.exists() and not parsed.exists():
            shutil.copy(own, parsed)
        return outcome

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        with connect(self.database, read_only=True) as connection:
            return connection.execute(sql).fetchall()

    def value(self, sql: str) -> Any:
        return self.query(sql)[0][0]

    def contents(self) -> dict[str, tuple[int, int]]:
        """Rows and an order-free hash of every table and view, clocks left out.

        Floating-point sums depend on the order of the threads in their last digits: they are
        compared at six decimals.
        """
        found = {}
        with connect(self.database, read_only=True) as connection:
            columns = connection.execute(
                "select table_schema, table_name, column_name, data_type"
                " from information_schema.columns where list_contains(?, table_schema)"
                " order by all",
                [["raw", *LAYERS]],
            ).fetchall()
            tables: dict[tuple[str, str], list[str]] = {}
            for schema, table, column, kind in columns:
                if table in LOG_TABLES:
                    continue
                expressions = tables.setdefault((schema, table), [])
                if column in CLOCK_COLUMNS:
                    continue
                quoted = f'"{column}"'
                expressions.append(f"round({quoted}, 6)" if kind == "DOUBLE" else quoted)
            for (schema, table), expressions in tables.items():
                row = connection.execute(
                    f"select count(*), coalesce(sum(hash({', '.join(expressions)})), 0)"
                    f' from {schema}."{table}"'
                ).fetchone()
                assert row is not None
                found[f"{schema}.{table}"] = (int(row[0]), int(row[1]))
        return found


def differences(left: dict[str, tuple[int, int]], right: dict[str, tuple[int, int]]) -> list[str]:
    """Names of the tables that differ, with their row counts on both sides."""
    return [
        f"{name}: {left.get(name, ('absent',))[0]} rows, {right.get(name, ('absent',))[0]} rows"
        for name in sorted(left.keys() | right.keys())
        if left.get(name) != right.get(name)
    ]


def write_demo(folder: Path, contacts: int = 1500, months: int = 14, seed: int = 7) -> None:
    """Demo exports under `folder/landing`, their truth under `folder/truth`."""
    execute(
        [
            *("winback", "demo", f"--contacts={contacts}", f"--months={months}", f"--seed={seed}"),
            *(f"--landing={folder / 'landing'}", f"--truth={folder / 'truth'}"),
        ]
    ).check()
