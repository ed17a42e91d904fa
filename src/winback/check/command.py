"""`winback check`: the command."""

from __future__ import annotations

from pathlib import Path
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
    suggest: Annotated[
        str | None,
        typer.Option(
            "--suggest",
            metavar="FILE",
            help="Write a first _mapping.yml for this file, <system>/<account>/<file>, to stdout.",
        ),
    ] = None,
    write: Annotated[
        bool,
        typer.Option(
            "--write",
            help="Write what --suggest says into its account's folder, where no mapping is yet.",
        ),
    ] = False,
    project: ProjectOption = None,
) -> None:
    """Say what lies in the landing folder and what would become of it. Changes nothing but by
    --write.

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
    where = landing or read_landing_path(folder, given)
    if suggest is not None:
        text = _mapping(folder, where, suggest)
        if write:
            path = _write(text, where, suggest)
            typer.echo(f"wrote {path}: answer the questions in it")
        else:
            typer.echo(text, nl=False)
        return
    if write:
        raise UserError("--write needs --suggest and the file whose mapping is to be written")
    findings = examine(folder, where, chosen, given)
    if as_json:
        typer.echo(to_json(findings))
    else:
        console = Console(emoji=False)
        print_report(
            findings, console if console.is_terminal else Console(width=_LOG_WIDTH, emoji=False)
        )
    raise typer.Exit(code=0 if findings.ok else 1)


def _mapping(project: Path, landing: Path, file: str) -> str:
    """A first `_mapping.yml` for a file, named from the landing folder or by its path."""
    from winback.landing.sources import read_catalog
    from winback.landing.suggest import suggest

    path = landing / file
    if not path.is_file():
        path = Path(file).absolute()
    if not path.is_file():
        raise UserError(f"--suggest {file}: there is no such file in {landing}")
    try:
        system = path.resolve().relative_to(landing.resolve()).parts[0]
    except ValueError:
        system = "generic"  # it will be put into a folder: the plain door takes any
    return suggest(path, read_catalog(project), system)


def _write(text: str, landing: Path, file: str) -> Path:
    """Write a mapping into the folder of the file's account; one that is there is never touched."""
    from winback.landing.mapping import NAMES

    path = landing / file
    if len(path.parts) < len(landing.parts) + 3 or not path.is_relative_to(landing):
        raise UserError(f"--write: put {file} into {landing}/<system>/<account> first")
    folder = Path(*path.parts[: len(landing.parts) + 2])
    for name in NAMES:
        if (folder / name).exists():
            raise UserError(
                f"{folder / name} is there already and stays as it is: run without --write and add"
                " to it what is missing"
            )
    path = folder / NAMES[0]
    with path.open("x", encoding="utf-8") as target:
        target.write(text)
    return path
