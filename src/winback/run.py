"""`winback run`: load, then `dbt build`, then a summary."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console

from winback import landing, policies, settings
from winback.activation import holds, withdraw
from winback.build import BuildResult, build, read_project, target_folder, write_docs
from winback.database import only_run
from winback.declared import read_vars
from winback.fitting.attempt import failed_fits
from winback.gates import failures
from winback.landing.catalog import choose_systems
from winback.report import print_summary
from winback.segments.generated import compile_project
from winback.unread_values import TESTS, unread_values


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


def run_all(options: RunOptions, console: Console) -> bool:
    """Loads and builds; returns whether every file was read (or accepted unread by name), every
    node succeeded, and activation is not held back.

    Raises:
        UserError: a policy, a setting or a segment rule makes no sense: before anything is loaded.
    """
    policies.require_good(options.project)
    settings.require_good(options.project, options.variables)
    compile_project(options.project, options.variables)
    with only_run(options.database):
        return _run(options, console)


def _run(options: RunOptions, console: Console) -> bool:
    loaded = landing.load(
        landing=options.landing or landing.read_landing_path(options.project, options.variables),
        database=options.database,
        project=options.project,
        systems=options.variables.get("systems"),
        variables=options.variables,
        console=console,
    )
    started = datetime.now(UTC).replace(tzinfo=None)
    dbt = (options.project, options.database, options.variables)
    manifest = read_project(*dbt) if options.docs else None
    result = build(*dbt, full_refresh=options.full_refresh, manifest=manifest, console=console)
    _print_result(result, console)
    _print_gate_warnings(options.database, started, console)
    if not result.ok:
        _withdraw(options, console)
        return False
    for sentence in unread_values(options.database):
        console.print("[yellow]look at[/yellow] ", end="")
        console.print(sentence, markup=False, highlight=False)
    for sentence in failed_fits(options.database):
        console.print("[yellow]look at[/yellow] ", end="")
        console.print(sentence, markup=False, highlight=False)
    held = holds(options.database)
    for message in held:
        console.print("[red]held back[/red] ", end="")
        # a line stays one in a log of CI
        console.print(message, markup=False, highlight=False, soft_wrap=True)
    if options.docs:
        write_docs(*dbt, manifest, console)
    print_summary(options.database, target_folder(options.project, options.database), console)
    accepted = options.variables.get("accepted_files") or read_vars(options.project).get(
        "accepted_files", []
    )
    refused = [file for file in loaded.refused if file.source_file not in accepted]
    if refused:
        console.print(
            "Some files were refused (see above): what they hold now is not in the tables."
        )
    if held:
        console.print(
            "The sync tables hold what the last run left there, less everybody who is suppressed"
            " by now (quality__activation_holds)."
        )
    return not refused and not held


def _withdraw(options: RunOptions, console: Console) -> None:
    """Take who left out of the sync tables of the last good run."""
    catalog = landing.read_catalog(options.project)
    systems = choose_systems(options.variables.get("systems"), catalog, options.project)
    opt_out_tables = [
        table.identifier
        for table in catalog.tables
        if table.may_hold_opt_outs and table.system in systems
    ]
    done = withdraw(options.database, opt_out_tables)
    if done.unread:
        first, *others = done.unread
        more = f" and {len(others):,} more" if others else ""
        console.print("[red]emptied[/red] ", end="")
        console.print(
            f"Nobody can tell who left by {first}{more}: the run stopped before it had"
            f" read what was loaded. All {done.rows:,} rows of the sync tables that hand somebody"
            " to a tool were taken out; the next run that succeeds fills them again.",
            markup=False,
            highlight=False,
            soft_wrap=True,
        )
    elif done.rows or done.blocked:
        console.print(
            f"{done.rows:,} rows of people who left since were taken out of the sync tables of"
            f" the last good run, and {done.blocked:,} addresses put on sync_csv__suppressions."
        )


def _print_gate_warnings(database: Path, started: datetime, console: Console) -> None:
    for failed in failures(database):
        # where no gate was reached, the tables still hold what a former run found
        if failed["severity"] == "warning" and failed["evaluated_at"] >= started:
            console.print("[yellow]look at[/yellow] ", end="")
            console.print(failed["message"], markup=False, highlight=False)


def _print_result(result: BuildResult, console: Console) -> None:
    told_below = [text for text in result.warnings if text.startswith(TESTS)] if result.ok else []
    for title, style, messages in (
        ("warning", "yellow", [text for text in result.warnings if text not in told_below]),
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
