"""Runs dbt on what is loaded, with progress, and turns its failures into plain sentences."""

from __future__ import annotations

import gc
import hashlib
import json
import math
import os
import re
import shutil
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from winback.database import connect, in_use, is_held, owner_only, seconds_to_wait
from winback.options import DEFAULT_DATABASE
from winback.segments.generated import compile_project

# a gate's stop is a sentence for a marketer; where dbt and DuckDB raised it is not
_FRAME = re.compile(
    r"^Runtime Error in model (gate_\w+) \([^)]*\) Invalid Input Error: (?=Stopped at \1: )"
)
_ADDRESS = re.compile(r"[^\s'\"<>,;]+@[^\s'\"<>,;]+")
# which kind of error the engine raised; what dbt puts before it names the node
_ENGINE_ERROR = re.compile(
    r"(?P<kind>Conversion|Invalid Input|Out of Range|Constraint|Invalid Type|Mismatch Type|Decimal"
    r"|Transaction|Serialization|Internal|FATAL|Fatal|Sequence|Invalid|Unknown Type|Object Size"
    r"|Divide by Zero|INTERRUPT|Executor|Optimizer|Expression|Cast|Data) Error: ?"
    r"|(?P<bare>Could not (?:convert|parse|cast) |Casting value )"
)
_PYTHON_ERROR = re.compile(r"Python model failed:")
_TYPE = (
    r"(?:DATE|TIME(?:STAMP)?(?: WITH TIME ZONE|_S|_MS|_NS|TZ)?|U?INT(?:8|16|32|64|128|EGER)?"
    r"|U?(?:BIG|SMALL|TINY|HUGE)INT|DOUBLE|FLOAT|DECIMAL\(\d+,\d+\)|BOOL(?:EAN)?|UUID|INTERVAL|VARCHAR)"
)
# what an error about a value says without the value: all else of its text is left out
_LEAD = r"(?:(?:Conversion|Invalid Input|Out of Range) Error: ?)?"
_SAID = (
    (re.compile(rf"{_LEAD}Could not (convert|cast|parse) (string|value) ['\"].*['\"] to"
                rf" ({_TYPE})\b", re.DOTALL),
     r"Could not \1 \2 '<value>' to \3"),
    (re.compile(rf"{_LEAD}Could not (convert|cast|parse) (string|value) "),
     r"Could not \1 \2 '<value>'"),
    (re.compile(rf"{_LEAD}invalid (date|time|timestamp) field format"),
     r"invalid \1 field format '<value>'"),
    (re.compile(rf"{_LEAD}(date|time|timestamp) field value out of range"),
     r"\1 field value out of range '<value>'"),
    (re.compile(rf"{_LEAD}Type ({_TYPE}) with value "), r"a value of type \1 cannot be cast"),
    (re.compile(rf"{_LEAD}Overflow in (addition|subtraction|multiplication) of ({_TYPE})\b"),
     r"Overflow in \1 of \2"),
    (re.compile(r"Constraint Error: NOT NULL constraint failed: ([\w.]+)"),
     r"NOT NULL constraint failed: \1"),
    (re.compile(r"Constraint Error: .*?Duplicate key", re.IGNORECASE), "Duplicate key '<value>'"),
    (re.compile(rf"{_LEAD}More than one row returned by a subquery"),
     "More than one row returned by a subquery used as an expression"),
    (re.compile(r"INTERRUPT Error: "), "interrupted"),
)  # fmt: skip
_LEFT_OUT = "its text is left out, it may quote a row; `dbt build --select` this model shows it"


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
    return _invoke(_arguments("parse", project, variables, database)).result


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
    arguments = _arguments("build", project, variables, database)
    arguments += ["--exclude-resource-type", "unit_test"]
    # `winback run` tells what it found in the same table, file by file
    arguments += ["--exclude", "assert_activation_is_not_held_back"]
    if full_refresh:
        arguments += ["--full-refresh"]
    # dbt opens the file once it has read the project: whoever holds it then is waited for as well
    connect(database, read_only=False).close()
    attempts = 1 + math.ceil(math.log2(1 + seconds_to_wait()))
    os.environ["WINBACK_CONNECT_ATTEMPTS"] = str(attempts)
    # dbt makes the log of the database
    with owner_only(), _Progress(console) as progress:
        result = _summarise(_invoke(arguments, progress.on_event, manifest))
    if result.failures:
        clean_results(target_folder(project, database) / "run_results.json")
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
    compile_project(project, variables)
    folder = database.parent
    parsed = target_folder(project) / "partial_parse.msgpack"
    if parsed.is_file():
        # dbt itself finds out whether it still holds
        shutil.copy(parsed, folder)
    arguments = _arguments("run", project, variables)
    arguments += ["--select", *(f"staging.{system}" for system in systems)]
    arguments += ["staging_malformed_opt_outs"]
    arguments += ["--target-path", str(folder), "--log-path", str(folder), "--no-write-json"]
    with _database(database):
        return _summarise(_invoke(arguments))


def write_docs(
    project: Path,
    database: Path,
    variables: Mapping[str, Any],
    manifest: Any,
    console: Console,
) -> None:
    """Writes dbt's documentation of what was built as one page, `static_index.html`.

    The manifest is the one that `build` worked on: it holds the SQL that was run.
    """
    arguments = [*_arguments("docs", project, variables, database), "--static", "--no-compile"]
    result = _summarise(_invoke(arguments, manifest=manifest))
    for failure in result.failures:
        console.print(f"the docs were not written: {failure}", markup=False)


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


def target_folder(project: Path, database: Path | None = None) -> Path:
    """Where dbt and the gates write their pages: `target/`, and a folder of its own in it for each
    database other than the project's, so that two runs at a time do not write into one."""
    given = os.environ.get("DBT_TARGET_PATH")
    if given:
        return project / given
    if database is None or database.resolve() == (project / DEFAULT_DATABASE).resolve():
        return project / "target"
    digest = hashlib.sha256(str(database.resolve()).encode()).hexdigest()[:8]
    return project / "target" / f"{database.stem}-{digest}"


def _arguments(
    command: str, project: Path, variables: Mapping[str, Any], database: Path | None = None
) -> list[str]:
    arguments = ["docs", "generate"] if command == "docs" else [command]
    # dbt's log holds the engine's own messages, which quote values of rows
    arguments += ["--quiet", "--log-level", "none", "--log-level-file", "none"]
    arguments += ["--project-dir", str(project), "--profiles-dir", str(project)]
    if database is not None:
        arguments += ["--target-path", str(target_folder(project, database))]
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
    """A dbt message without its frame lines and without anything that may be a value of a row.

    What the engine says of SQL (names that are not known, grammar) is kept. What it says of values,
    and what a model raises by itself, is not: of it only sentences known to hold none.
    """
    lines = [line.strip() for line in message.strip().splitlines()]
    dropped = ("> in macro", "> called by", "compiled code at", "LINE ", "^")
    kept = [line for line in lines if line and not line.startswith(dropped)]
    text = " ".join(kept)
    if is_held(text):
        return in_use(Path(os.environ.get("WINBACK_DATABASE", "")), text)
    if _FRAME.match(text):
        return _ADDRESS.sub("<address>", _FRAME.sub("", text))
    if found := _PYTHON_ERROR.search(text):
        return text[: found.start()] + _of_python(message)
    if found := _ENGINE_ERROR.search(text):
        text = _before(text, found.start()) + _without_value(found, text[found.start() :])
    return _ADDRESS.sub("<address>", text)


def _before(text: str, end: int) -> str:
    """What dbt says before the engine's own words: which node it is about."""
    found = re.match(r"(?:Runtime|Database) Error(?: in \w+ \w+ \([^)]*\))? ", text[:end])
    return found[0] if found else ""


def _without_value(found: re.Match[str], said: str) -> str:
    """What an error about a value says, by the sentences that are known to hold none."""
    lead = f"{found['kind']} Error: " if found["kind"] else ""
    for pattern, sentence in _SAID:
        if known := pattern.match(said):
            return lead + known.expand(sentence)
    return lead + _LEFT_OUT


def _of_python(message: str) -> str:
    """The kind of an error that a Python model raised, and where; winback's own errors say more."""
    lines = message.strip().splitlines()
    frames = [line.strip() for line in lines if line.strip().startswith("File ")]
    where = re.search(r"line \d+, in [\w<>]+", frames[-1]) if frames else None
    raised = [
        line for line in lines if re.match(r"\s*[\w.]+(?:Error|Exception|Warning|Stop)\b", line)
    ]
    kind = re.match(r"\s*([\w.]+)", raised[-1]) if raised else None
    name = kind[1] if kind else "an error"
    if name == "winback.errors.UserError":
        return "Python model failed: " + _ADDRESS.sub("<address>", raised[-1].split(": ", 1)[-1])
    place = f" ({where[0]})" if where else ""
    return f"Python model failed: {name}{place}: {_LEFT_OUT}"


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
