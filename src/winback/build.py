"""Runs dbt on what is loaded, with progress, and turns its failures into plain sentences."""

from __future__ import annotations

import gc
import json
import os
import re
import shutil
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from winback.errors import UserError

# a gate's stop is a sentence for a marketer; where dbt and DuckDB raised it is not
_FRAME = re.compile(r"^Runtime Error in model \w+ \([^)]*\) Invalid Input Error: ")
_ADDRESS = re.compile(r"[^\s'\"<>,;]+@[^\s'\"<>,;]+")
# what these say quotes a value of a row, which may be somebody's name or birthday
_DATA_ERROR = re.compile(
    r"(?:Conversion|Invalid Input|Out of Range|Constraint|Invalid Type) Error"
    r"|Could not (?:convert|parse|cast) |Casting value "
)
_DATA_TYPE = re.compile(
    r"['\"] to ((?:DATE|TIMESTAMP|TIME|U?INT|BIGINT|DOUBLE|DECIMAL|BOOL)[\w(,)]*)"
)
_NUMBER = re.compile(r"\d{5,}")


@dataclass
class BuildResult:
    """How a `dbt build` ended.

    Attributes:
        succeeded: nodes that were built or passed.
        failures: one sentence per node that failed, without personal values.
        warnings: one sentence per node that warned.
        skipped: nodes that did not run because one before them failed.
    """

    succeeded: int = 0
    failures: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    skipped: int = 0

    @property
    def ok(self) -> bool:
        """Whether every node was built and every test passed."""
        return not self.failures and not self.skipped


def read_project(project: Path, database: Path, variables: Mapping[str, Any]) -> Any:
    """What dbt made of the project's files, so that `build` and `write_docs` need not read them
    again; None when it cannot, which `build` explains. Arguments as for `build`."""
    os.environ["WINBACK_DATABASE"] = str(database)
    return _invoke(_arguments("parse", project, variables)).result


def build(
    project: Path,
    database: Path,
    variables: Mapping[str, Any],
    *,
    full_refresh: bool = False,
    manifest: Any = None,
    console: Console,
) -> BuildResult:
    """Runs `dbt build` in this process.

    Args:
        project: folder of `dbt_project.yml` and `profiles.yml`.
        database: the DuckDB file; handed to the profile as `WINBACK_DATABASE`.
        variables: dbt vars that differ from those of `dbt_project.yml`.
        full_refresh: build incremental tables anew.
        manifest: what `read_project` gave; None to read the project here.
        console: where progress goes.
    """
    os.environ["WINBACK_DATABASE"] = str(database)
    # unit tests feed rows of their own: they prove the code (`make test`), not what was loaded
    arguments = _arguments("build", project, variables)
    arguments += ["--exclude-resource-type", "unit_test"]
    # `winback run` tells what it found in the same table, file by file
    arguments += ["--exclude", "assert_activation_is_not_held_back"]
    if full_refresh:
        arguments += ["--full-refresh"]
    with _Progress(console) as progress:
        result = _summarise(_invoke(arguments, progress.on_event, manifest))
    if result.failures:
        clean_results(target_folder(project) / "run_results.json")
    return result


def build_staging(
    project: Path, database: Path, variables: Mapping[str, Any], systems: Iterable[str]
) -> BuildResult:
    """Types what is loaded and does nothing else: no seed, no gate, no page, nothing in `target/`.

    Args:
        project: folder of `dbt_project.yml` and `profiles.yml`.
        database: a loaded database; dbt's own files go into its folder.
        variables: dbt vars that differ from those of `dbt_project.yml`.
        systems: those that have files.
    """
    folder = database.parent
    parsed = target_folder(project) / "partial_parse.msgpack"
    if parsed.is_file():
        # dbt itself finds out whether it still holds
        shutil.copy(parsed, folder)
    arguments = _arguments("run", project, variables)
    arguments += ["--select", *(f"staging.{system}" for system in systems)]
    arguments += ["--target-path", str(folder), "--log-path", str(folder), "--no-write-json"]
    with _database(database):
        return _summarise(_invoke(arguments))


def write_docs(
    project: Path, variables: Mapping[str, Any], manifest: Any, console: Console
) -> None:
    """Writes dbt's documentation of what was built as one page, `static_index.html`.

    The manifest is the one that `build` worked on: it holds the SQL that was run.
    """
    arguments = [*_arguments("docs", project, variables), "--static", "--no-compile"]
    result = _summarise(_invoke(arguments, manifest=manifest))
    for failure in result.failures:
        console.print(f"the docs were not written: {failure}", markup=False)


def run_operation(
    project: Path,
    database: Path,
    variables: Mapping[str, Any],
    *,
    macro: str,
    arguments: Mapping[str, Any],
) -> list[str]:
    """Runs a macro of the project that needs no data, and returns what it printed.

    Args:
        project: folder of `dbt_project.yml` and `profiles.yml`.
        database: what the profile is told; the file need not exist. dbt writes into its folder,
            and finds there what it parsed the last time.
        variables: dbt vars that differ from those of `dbt_project.yml`.
        macro: its name.
        arguments: by name.

    Raises:
        UserError: dbt cannot read the project, or the macro failed.
    """
    printed: list[str] = []

    def keep(event: Any) -> None:
        if event.info.name == "PrintEvent":
            printed.append(event.info.msg)

    folder = database.parent
    folder.mkdir(parents=True, exist_ok=True)
    command = _arguments("run-operation", project, variables)
    command += ["--target-path", str(folder), "--log-path", str(folder), "--no-write-json"]
    command += [macro, "--args", yaml.safe_dump(dict(arguments))]
    with _database(database):
        result = _summarise(outcome := _invoke(command, keep))
    if not outcome.success or not printed:
        raise UserError("dbt cannot read the project: " + " ".join(result.failures))
    return printed


@contextmanager
def _database(database: Path) -> Iterator[None]:
    """Tells the profile this database, and the former one afterwards."""
    former = os.environ.get("WINBACK_DATABASE")
    os.environ["WINBACK_DATABASE"] = str(database)
    try:
        yield
    finally:
        if former is None:
            del os.environ["WINBACK_DATABASE"]
        else:
            os.environ["WINBACK_DATABASE"] = former


def clean_results(path: Path) -> None:
    """Takes values of rows out of the messages in dbt's results file."""
    if not path.is_file():
        return
    artifact = json.loads(path.read_text(encoding="utf-8"))
    for node in artifact["results"]:
        node["message"] = _plain(node["message"] or "")
    path.write_text(json.dumps(artifact), encoding="utf-8")


def target_folder(project: Path) -> Path:
    """Where dbt and the gates write their pages."""
    return project / os.environ.get("DBT_TARGET_PATH", "target")


def _arguments(command: str, project: Path, variables: Mapping[str, Any]) -> list[str]:
    arguments = ["docs", "generate"] if command == "docs" else [command]
    # dbt's log holds the engine's own messages, which quote values of rows
    arguments += ["--quiet", "--log-level", "none", "--log-level-file", "none"]
    arguments += ["--project-dir", str(project), "--profiles-dir", str(project)]
    if variables:
        arguments += ["--vars", json.dumps(dict(variables))]
    return arguments


def _invoke(
    arguments: list[str],
    on_event: Callable[[Any], None] | None = None,
    manifest: Any = None,
) -> Any:
    os.environ.setdefault("DBT_SEND_ANONYMOUS_USAGE_STATS", "false")
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager
    from dbt.cli.main import dbtRunner  # importing dbt takes a second: only when it is needed

    try:
        callbacks = [on_event] if on_event else []
        with _rare_collection():
            outcome = dbtRunner(manifest=manifest, callbacks=callbacks).invoke(arguments)
        if isinstance(outcome.exception, KeyboardInterrupt):
            raise outcome.exception
        return outcome
    finally:
        # dbt-duckdb keeps the file open until the process ends, and DuckDB refuses a second,
        # read-only connection beside it
        if DuckDBConnectionManager._ENV is not None:
            DuckDBConnectionManager._ENV.close()
        DuckDBConnectionManager.close_all_connections()
        gc.collect()


@contextmanager
def _rare_collection() -> Iterator[None]:
    """Looks for garbage less often: nearly all that dbt makes stays, and to look through it again
    and again took a seventh of a small build. It needs no more memory without."""
    usual = gc.get_threshold()
    gc.set_threshold(50_000, 20, 1_000)
    try:
        yield
    finally:
        gc.set_threshold(*usual)


def _summarise(outcome: Any) -> BuildResult:
    result = BuildResult()
    if outcome.exception is not None:
        result.failures.append(_plain(str(outcome.exception)))
        return result
    for node in getattr(outcome.result, "results", None) or []:
        status = str(node.status)
        if status in ("error", "fail", "runtime error"):
            result.failures.append(f"{node.node.name}: {_plain(node.message or status)}")
        elif status == "warn":
            result.warnings.append(f"{node.node.name}: {_plain(node.message or status)}")
        elif status == "skipped":
            result.skipped += 1
        else:
            result.succeeded += 1
    if not outcome.success and result.ok:
        result.failures.append(
            "dbt stopped without naming a node: run `dbt build` to see why"
            " (its messages and its log under logs/ may quote values of rows)"
        )
    return result


def _plain(message: str) -> str:
    """A dbt message without its frame lines and without anything that may be a value of a row."""
    lines = [line.strip() for line in message.strip().splitlines()]
    dropped = ("> in macro", "> called by", "compiled code at", "LINE ", "^")
    kept = [line for line in lines if line and not line.startswith(dropped)]
    text = " ".join(kept)
    if _FRAME.match(text):
        return _ADDRESS.sub("<address>", _FRAME.sub("", text))
    for number, line in enumerate(kept):
        if _DATA_ERROR.search(line):
            text = " ".join([*kept[:number], _without_value("\n".join(kept[number:]))])
            break
    return _ADDRESS.sub("<address>", text)


def _without_value(message: str) -> str:
    """What an error about a value says before it quotes it. A value may hold quotes and line breaks
    itself and is repeated without quotes at times: nothing after it is safe but the type's name."""
    before = re.split(r"['\"\n]", message, maxsplit=1)[0]
    kind = _DATA_TYPE.search(message)
    quoted = " '<value>'" if len(before) < len(message) else ""
    return _NUMBER.sub("<value>", before.rstrip() + quoted) + (f" to {kind[1]}" if kind else "")


class _Progress:
    """Counts finished dbt nodes, as a bar on a terminal and as a few lines elsewhere."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._bar = Progress(
            TextColumn("building"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("{task.description}"),
            console=console,
            transient=True,
            disable=not console.is_terminal,
        )
        self._task = self._bar.add_task("", total=None)
        # dbt calls from the threads that build
        self._lock = threading.Lock()
        self._done = 0
        self._next_line = 0.25

    def __enter__(self) -> _Progress:
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def on_event(self, event: Any) -> None:
        """Called by dbt for each of its log events."""
        data = event.data
        if event.info.name == "LogStartLine" and data.total:
            self._bar.update(self._task, total=data.total, description=data.node_info.node_name)
            self._total = int(data.total)
        elif event.info.name == "NodeFinished":
            with self._lock:
                self._done += 1
                self._bar.update(self._task, completed=self._done)
                self._print_share()

    def _print_share(self) -> None:
        total = getattr(self, "_total", 0)
        if not total or self._console.is_terminal:
            return
        if self._done / total >= self._next_line:
            self._console.print(f"building: {self._done} of {total}")
            self._next_line += 0.25
