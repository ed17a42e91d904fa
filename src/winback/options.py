"""What every command finds or is told: the project's folder, the database, the landing folder."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Annotated

import typer

from winback.database import WAIT
from winback.errors import UserError

LandingOption = Annotated[
    Path | None,
    typer.Option(
        "--landing",
        envvar="WINBACK_LANDING",
        help="Folder of exports, <system>/<account>/<file>. Default: var landing_path.",
    ),
]
DatabaseOption = Annotated[
    Path | None,
    typer.Option(
        "--database",
        envvar="WINBACK_DATABASE",
        help="The DuckDB file. Default: winback.duckdb in the project's folder.",
    ),
]
SystemsOption = Annotated[
    str | None,
    typer.Option("--systems", help="Comma list of systems to read. Default: var systems."),
]
VarsOption = Annotated[
    str | None, typer.Option("--vars", help="More dbt vars, as YAML: '{history_months: 24}'.")
]
ProjectOption = Annotated[
    Path | None,
    typer.Option(
        "--project",
        envvar="DBT_PROJECT_DIR",
        help="Folder that holds dbt_project.yml. Default: this folder or the nearest above it.",
    ),
]


def _keep_wait(seconds: float | None) -> float | None:
    if seconds is not None:
        os.environ[WAIT] = str(seconds)
    return seconds


WaitOption = Annotated[
    float | None,
    typer.Option(
        "--wait",
        envvar=WAIT,
        callback=_keep_wait,
        help="Seconds to wait for another program that has the database open. Default: 60.",
    ),
]

DEFAULT_DATABASE = "winback.duckdb"


_SHARE = re.compile(r"(\d+(?:\.\d+)?)\s*(%?)")


def parse_share(option: str, text: str) -> float:
    """Read `10%` or `0.1`; a bare 10 could be either and is refused. More than 100% is a share too.

    Args:
        option: its name, for the message.
        text: what was given.

    Raises:
        UserError: it is none.
    """
    found = _SHARE.fullmatch(text.strip())
    value = float(found[1]) / (100 if found[2] else 1) if found else None
    if found is None or value is None or (value > 1 and not found[2]):
        raise UserError(f"{option} {text}: give a share such as 10% or 0.1")
    return value


def find_project(given: Path | None = None) -> Path:
    """Return the folder of `dbt_project.yml`: `given`, or the working folder or one above it.

    Raises:
        UserError: there is none.
    """
    if given is not None:
        if not (given / "dbt_project.yml").is_file():
            raise UserError(f"no dbt_project.yml in {given}: give --project the project's folder")
        return given.resolve()
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / "dbt_project.yml").is_file():
            return folder
    raise UserError(
        f"no dbt_project.yml in {here} or above it: "
        "run winback inside the project, or give --project"
    )


def find_database(given: Path | None, project: Path) -> Path:
    """Return the database: `given`, from the working folder; else the project's own."""
    return given.absolute() if given is not None else project / DEFAULT_DATABASE
