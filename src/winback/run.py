"""`winback run`: load, then `dbt build`, then a summary."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from rich.console import Console

from winback import landing, policies
from winback.build import BuildResult, build, target_folder, write_docs
from winback.errors import UserError
from winback.gates import failures
from winback.report import print_summary


@dataclass(frozen=True)
class RunOptions:
    """What one run works on.

    Attributes:
        project: folder of `dbt_project.yml`.
        landing: folder of exports; None for var `landing_path`.
        database: the DuckDB file.
        variables: dbt vars that differ from those of `dbt_project.yml`.
        full_refresh: build incremental tables anew.
        docs: write the dbt docs as well.
    """

    project: Path
    landing: Path | None
    database: Path
    variables: dict[str, Any]
    full_refresh: bool = False
    docs: bool = False


def read_vars(text: str | None) -> dict[str, Any]:
    """Parses the YAML of `--vars`.

    Raises:
        UserError: it is not a mapping of names to values.
    """
    if text is None:
        return {}
    try:
        parsed = yaml.safe_load(text)
    except yaml.YAMLError as error:
        problem = str(getattr(error, "problem", "")) or "it does not parse"
        raise UserError(f"--vars is not YAML ({problem}): give e.g. '{{as_of: now}}'") from None
    if not isinstance(parsed, dict):
        raise UserError("--vars names no values: give a mapping, e.g. '{as_of: now}'")
    return {str(name): value for name, value in parsed.items()}


def run_all(options: RunOptions, console: Console) -> bool:
    """Loads and builds; returns whether every file was read and every node succeeded."""
    policies.require_good(options.project)
    loaded = landing.load(
        landing=options.landing or landing.read_landing_path(options.project),
        database=options.database,
        project=options.project,
        systems=options.variables.get("systems"),
        console=console,
    )
    result = build(
        options.project,
        options.database,
        options.variables,
        full_refresh=options.full_refresh,
        console=console,
    )
    _print_result(result, console)
    _print_gate_warnings(options.database, console)
    if not result.ok:
        return False
    if options.docs:
        write_docs(options.project, options.variables, console)
    print_summary(options.database, target_folder(options.project), console)
    if loaded.refused:
        console.print("Some files were refused (see above): the tables do not hold them.")
    return not loaded.refused


def _print_gate_warnings(database: Path, console: Console) -> None:
    for failed in failures(database):
        if failed["severity"] == "warning":
            console.print("[yellow]look at[/yellow] ", end="")
            console.print(failed["message"], markup=False, highlight=False)


def _print_result(result: BuildResult, console: Console) -> None:
    for title, style, messages in (
        ("warning", "yellow", result.warnings),
        ("failed", "red", result.failures),
    ):
        for message in messages:
            console.print(f"[{style}]{title}[/{style}] ", end="")
            console.print(message, markup=False, highlight=False)
    console.print(
        f"Built and tested {result.succeeded} nodes"
        + (f", {len(result.failures)} failed" if result.failures else "")
        + (f", {result.skipped} skipped after them" if result.skipped else "")
        + "."
    )
