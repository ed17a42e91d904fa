"""What every command finds or is told: the project's folder, the database, the landing folder."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

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

DEFAULT_DATABASE = "winback.duckdb"


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
