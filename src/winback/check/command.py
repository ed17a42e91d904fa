"""`winback check`: the command."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console

from winback.errors import UserError
from winback.options import LandingOption, ProjectOption, SystemsOption, VarsOption, find_project

_LOG_WIDTH = 160


def check(
    landing: LandingOption = None,
    systems: SystemsOption = None,
    variables: VarsOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, not a report.")] = False,
    project: ProjectOption = None,
) -> None:
    """Say what lies in the landing folder and what would become of it. Changes nothing.

    Exit code 0: nothing would be refused, held back or stopped. 1: something would.
    """
    from winback.check.examine import examine
    from winback.check.show import as_json as to_json
    from winback.check.show import print_report
    from winback.landing import read_landing_path
    from winback.settings import parse_vars

    folder = find_project(project)
    given = parse_vars(variables)
    chosen = None
    if systems is not None:
        chosen = [name.strip() for name in systems.split(",") if name.strip()]
        if not chosen:
            raise UserError("--systems is empty: give names with commas between, or leave it out")
    where = landing or (
        folder / str(given["landing_path"])
        if "landing_path" in given
        else read_landing_path(folder)
    )
    findings = examine(folder, where, chosen, given)
    if as_json:
        typer.echo(to_json(findings))
    else:
        console = Console()
        print_report(findings, console if console.is_terminal else Console(width=_LOG_WIDTH))
    raise typer.Exit(code=0 if findings.ok else 1)
