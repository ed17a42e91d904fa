"""`winback erase`: the command."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from winback.database import only_run
from winback.errors import UserError
from winback.options import (
    DatabaseOption,
    LandingOption,
    ProjectOption,
    WaitOption,
    find_database,
    find_project,
)


def erase(
    file: Annotated[
        Path | None,
        typer.Option("--file", help="SHA-256 of normalised addresses, one a line; - is stdin."),
    ] = None,
    email: Annotated[
        str | None,
        typer.Option(
            "--email", help="An address. Better -: read from stdin, so that no history keeps it."
        ),
    ] = None,
    whole_contact: Annotated[
        bool,
        typer.Option(
            "--whole-contact", help="Erase a contact of more than 10 addresses all the same."
        ),
    ] = False,
    also: Annotated[
        list[Path] | None,
        typer.Option("--also", help="A further file or folder to search, e.g. of your exports."),
    ] = None,
    proof: Annotated[
        Path | None,
        typer.Option("--proof", help="The proof, JSON. Default: erasures/ beside the database."),
    ] = None,
    landing: LandingOption = None,
    database: DatabaseOption = None,
    wait: WaitOption = None,
    project: ProjectOption = None,
) -> None:
    """Erase people: from raw tables to marts, queue and logs, and from every later load.

    Their hash is kept, so that they stay suppressed. Aggregates stay as they are. The landing
    folder is searched, not changed. Exit code 0: nothing is found of them any more in the database
    and what lies beside it. 1: something is, or the erasure could not be made.
    """
    from winback.erasure.addresses import sha256
    from winback.erasure.erase import EraseOptions
    from winback.erasure.erase import erase as erase_people
    from winback.erasure.hashes import read_hashes
    from winback.identity.addresses import normalized_in
    from winback.landing import read_landing_path

    if (file is None) == (email is None):
        raise UserError("winback erase: give either --file or --email")
    known: list[str] = []
    if email is not None:
        lines = sys.stdin.read().splitlines() if email == "-" else [email]
        for number, line in enumerate(lines, start=1):
            addresses = normalized_in(line)
            if len(addresses) != 1 and line.strip():
                raise UserError(
                    f"--email: line {number} is no address; expected one such as"
                    " name@shop.example, nothing was erased"
                )
            known += addresses
        if not known:
            raise UserError("--email: no address given")
        hashes = [sha256(address) for address in known]
    else:
        hashes = read_hashes(_lines(file), "--file" if str(file) == "-" else str(file))
    folder = find_project(project)
    place = find_database(database, folder)
    options = EraseOptions(
        folder,
        place,
        (landing or read_landing_path(folder)).absolute(),
        tuple(path.absolute() for path in also or ()),
        whole_contact,
    )
    with only_run(place):
        found = erase_people(hashes, options, known)
    if proof is None:
        stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
        proof = place.parent / "erasures" / f"erasure_{stamp}.json"
    found.write(proof)
    console = Console(emoji=False)
    if found.tables:
        table = Table(title="Erased", title_justify="left", box=SIMPLE_HEAD, pad_edge=False)
        table.add_column("table", overflow="fold")
        table.add_column("rows", justify="right")
        for entry in found.tables:
            table.add_row(entry["table"], f"{entry['rows']:,}")
        console.print(table)
    people = len(found.asked)
    word = "address" if people == 1 else "addresses"
    console.print(
        f"{people:,} {word} asked for, {len(found.address_sha256):,} erased with those of the same"
        f" contacts: {found.rows:,} rows of {len(found.tables):,} tables.",
        highlight=False,
    )
    for entry in found.sidecars:
        console.print(f"{entry['done']}: {entry['file']}", markup=False, highlight=False)
    if found.still_held_by:
        console.print(
            "These files hold an address still. Nothing is loaded from such lines any more;"
            " the files are yours to clean or delete:"
        )
        for name in found.still_held_by:
            console.print(f"  {name}", markup=False, highlight=False, soft_wrap=True)
    console.print(f"Proof: {proof}", markup=False, highlight=False, soft_wrap=True)
    if not found.verified:
        where = ", ".join(found.found_in) or "the file or what lies beside it (see the proof)"
        raise UserError(
            f"an address is still found in {where}."
            + (" The database was left as it was." if found.found_in else "")
        )
    console.print("Nothing of them is found in the database any more. Run `winback run` next.")


def _lines(file: Path | None) -> list[str]:
    if str(file) == "-":
        return sys.stdin.read().splitlines()
    try:
        return Path(str(file)).read_text(encoding="utf-8-sig").splitlines()
    except OSError as error:
        raise UserError(f"--file {file} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise UserError(f"--file {file} is no text: one SHA-256 a line was expected") from None
