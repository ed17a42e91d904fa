"""The `winback` command."""

from __future__ import annotations

import os
import signal
import sys
from datetime import datetime
from pathlib import Path
from types import FrameType
from typing import Annotated

import typer
from rich.console import Console

from winback import __version__
from winback.check.command import check as check_command
from winback.database import only_run
from winback.erasure.command import erase as erase_command
from winback.errors import UserError
from winback.experiments import command as experiment_command
from winback.options import (
    DatabaseOption,
    LandingOption,
    ProjectOption,
    SystemsOption,
    VarsOption,
    WaitOption,
    find_database,
    find_project,
)
from winback.segments import commands as segment_commands

app = typer.Typer(
    name="winback",
    help="Engagement, inactivity and segments from raw exports.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

INTERRUPTED = 130
TERMINATED = 143


@app.callback(invoke_without_command=True)
def _root(
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
) -> None:
    if version:
        typer.echo(f"winback {__version__}")
        raise typer.Exit()


def split_systems(systems: str | None) -> list[str] | None:
    """Turn the comma list of `--systems` into names; None when it was not given.

    Raises:
        UserError: it was given and names nothing.
    """
    if systems is None:
        return None
    names = [name.strip() for name in systems.split(",") if name.strip()]
    if not names:
        raise UserError("--systems is empty: give names with commas between, or leave it out")
    return names


@app.command()
def load(
    landing: LandingOption = None,
    database: DatabaseOption = None,
    systems: SystemsOption = None,
    variables: VarsOption = None,
    wait: WaitOption = None,
    project: ProjectOption = None,
) -> None:
    """Read new and changed exports into the raw tables.

    Exit code 0: every file was read or already held. 1: a file was refused.
    """
    from winback.landing import load as load_landing
    from winback.landing import read_landing_path
    from winback.settings import parse_vars

    folder = find_project(project)
    given = parse_vars(variables)
    place = find_database(database, folder)
    with only_run(place):
        summary = load_landing(
            landing=landing or read_landing_path(folder, given),
            database=place,
            project=folder,
            systems=split_systems(systems) or given.get("systems"),
            variables=given,
            console=Console(stderr=True, emoji=False),
        )
    raise typer.Exit(code=1 if summary.refused else 0)


@app.command()
def forget(
    files: Annotated[
        list[str],
        typer.Argument(help="source_file of each, such as shopify/main/orders.csv; or an archive."),
    ],
    database: DatabaseOption = None,
    wait: WaitOption = None,
    project: ProjectOption = None,
) -> None:
    """Drop files from the raw tables; the next build leaves them out.

    Take a file out of the landing folder first: what lies there is read again by the next load.
    """
    from winback.landing import forget as forget_files

    place = find_database(database, find_project(project))
    with only_run(place):
        for name in forget_files(place, files):
            typer.echo(f"forgot {name}")


@app.command()
def run(
    landing: LandingOption = None,
    database: DatabaseOption = None,
    systems: SystemsOption = None,
    as_of: Annotated[
        str | None,
        typer.Option("--as-of", help="Date of the verdicts: YYYY-MM-DD, now or latest."),
    ] = None,
    currency: Annotated[
        str | None, typer.Option("--currency", help="Base currency of amounts, e.g. EUR.")
    ] = None,
    sector: Annotated[
        str | None,
        typer.Option("--sector", help="Inactivity policy of contacts without a sector."),
    ] = None,
    full_refresh: Annotated[
        bool, typer.Option("--full-refresh", help="Build incremental tables anew.")
    ] = False,
    variables: VarsOption = None,
    docs: Annotated[bool, typer.Option("--docs", help="Write the dbt docs too.")] = False,
    wait: WaitOption = None,
    project: ProjectOption = None,
) -> None:
    """Load what is new, build and test everything, and say what is there.

    Exit code 0: every file was read and everything was built. 1: a file was refused, or a gate,
    a test or a model failed; what was built before it stays.
    """
    from winback.run import RunOptions, run_all
    from winback.settings import parse_vars

    folder = find_project(project)
    given: dict[str, object] = {
        "as_of": as_of,
        "currency": currency,
        "sector": sector,
        "systems": split_systems(systems),
    }
    options = RunOptions(
        project=folder,
        landing=landing,
        database=find_database(database, folder),
        variables=parse_vars(variables) | {k: v for k, v in given.items() if v is not None},
        full_refresh=full_refresh,
        docs=docs,
    )
    raise typer.Exit(code=0 if run_all(options, Console(stderr=True, emoji=False)) else 1)


@app.command()
def demo(
    contacts: Annotated[int, typer.Option("--contacts", help="People, 200 or more.")] = 20_000,
    months: Annotated[int, typer.Option("--months", help="Months of history, 4 to 60.")] = 18,
    seed: Annotated[int, typer.Option("--seed", help="Equal seeds give equal files.")] = 7,
    landing: LandingOption = None,
    truth: Annotated[
        Path | None,
        typer.Option("--truth", help="Folder of what really happened. Default: data/demo_truth."),
    ] = None,
    end: Annotated[
        datetime, typer.Option("--end", formats=["%Y-%m-%d"], help="Last day of a month.")
    ] = datetime(2026, 6, 30),
    send_every_days: Annotated[
        float, typer.Option("--send-every-days", help="Days between newsletters, 1 to 365.")
    ] = 14.0,
    dirt: Annotated[
        bool, typer.Option("--dirt/--no-dirt", help="With the faults of real exports, or none.")
    ] = True,
    mail_test: Annotated[
        bool, typer.Option("--mail-test", help="With an offer that moves some and annoys others.")
    ] = False,
    project: ProjectOption = None,
) -> None:
    """Write realistic exports of all systems, and what really happened beside them."""
    from winback.demo import write

    if landing is None:
        from winback.landing import read_landing_path

        landing = read_landing_path(find_project(project))
    known = truth or (landing.parent / "demo_truth")
    console = Console(stderr=True, emoji=False)
    summary = write(
        landing=landing,
        truth=known,
        contacts=contacts,
        months=months,
        seed=seed,
        end=end.date(),
        dirt=dirt,
        console=console,
        send_every_days=send_every_days,
        mail_test=mail_test,
    )
    console.print(
        f"{summary.contacts:,} contacts: {summary.lines:,} lines in {summary.files:,} files "
        f"under {summary.landing}, truth in {summary.truth}, {summary.seconds:.1f} s"
    )


@app.command()
def simulate_inactivity(
    sector: Annotated[
        str, typer.Option("--sector", help="Policy whose signals count, e.g. fashion.")
    ],
    first: Annotated[int, typer.Option("--from", help="Shortest threshold, days of silence.")] = 30,
    last: Annotated[int, typer.Option("--to", help="Longest threshold.")] = 730,
    step: Annotated[int, typer.Option("--step", help="Days between two thresholds.")] = 30,
    follow_up: Annotated[
        int, typer.Option("--follow-up", help="Days after a declaration in which returns count.")
    ] = 90,
    accept: Annotated[
        str,
        typer.Option("--accept", help="Share of self-returns that is acceptable: 10% or 0.1."),
    ] = "10%",
    send_cost: Annotated[
        float | None, typer.Option("--send-cost", help="Cost of one message; with the next two.")
    ] = None,
    complaint_cost: Annotated[
        float | None, typer.Option("--complaint-cost", help="Cost of one spam complaint.")
    ] = None,
    lost_share: Annotated[
        str | None,
        typer.Option("--lost-share", help="Part of a returner's revenue lost by not writing: 40%."),
    ] = None,
    since: Annotated[
        datetime | None,
        typer.Option(
            "--since",
            formats=["%Y-%m-%d"],
            help="First day of silences. Default: when all signals of the policy are collected.",
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, not a table.")] = False,
    database: DatabaseOption = None,
    variables: VarsOption = None,
    project: ProjectOption = None,
) -> None:
    """Try thresholds of inactivity on history: who would have been declared too early or late."""
    from winback.declared import read_vars
    from winback.settings import parse_vars, require_good
    from winback.simulator import ask, show, simulate

    question = ask(
        sector=sector,
        first=first,
        last=last,
        step=step,
        follow_up=follow_up,
        accept=accept,
        send_cost=send_cost,
        complaint_cost=complaint_cost,
        lost_share=lost_share,
        since=since.date() if since else None,
    )
    folder = find_project(project)
    given = parse_vars(variables)
    require_good(folder, given)
    zone = str({**read_vars(folder), **given}["timezone"])
    simulation = simulate(find_database(database, folder), question, zone)
    if as_json:
        typer.echo(show.as_json(simulation))
    else:
        show.print_table(simulation, Console(emoji=False))


app.command()(check_command)
app.command()(erase_command)
app.command()(segment_commands.preview)
app.command()(segment_commands.impact)
app.command()(experiment_command.plan_test)
app.add_typer(segment_commands.app, name="segments")


@app.command()
def explain(
    person: Annotated[
        str, typer.Argument(metavar="CONTACT", help="contact_id, or an address of the contact.")
    ],
    segment: Annotated[
        str | None,
        typer.Option("--segment", help="Only this one, in it or not. Default: all hers."),
    ] = None,
    as_of: Annotated[
        str | None, typer.Option("--as-of", help="A date that is kept. Default: the current one.")
    ] = None,
    lang: Annotated[str, typer.Option("--lang", help="Language of the answer: en or fr.")] = "en",
    as_json: Annotated[bool, typer.Option("--json", help="Print the rows as JSON.")] = False,
    database: DatabaseOption = None,
    project: ProjectOption = None,
) -> None:
    """Say why a contact is in its segments, or not in one, and until when.

    The answer holds the contact_id and no address.
    """
    from winback.segments.explain import explain as explain_contact

    explain_contact(
        database.absolute() if database else find_database(None, find_project(project)),
        person,
        segment=segment,
        as_of=as_of,
        language=lang,
        as_json=as_json,
        console=Console(emoji=False),
    )


def main() -> None:
    """Run the command line; a user's mistake is one line on stderr and exit code 1."""
    ended: list[int] = []

    def terminate(number: int, frame: FrameType | None) -> None:
        # as with Ctrl-C: what is under way is rolled back, and the work folder removed
        ended.append(number)
        signal.default_int_handler(number, frame)

    signal.signal(signal.SIGTERM, terminate)
    try:
        app()
    except UserError as error:
        if os.environ.get("WINBACK_TRACEBACK"):
            raise
        console = Console(stderr=True, emoji=False, highlight=False, markup=False)
        console.print(f"winback: {error}", soft_wrap=True)  # a line stays one in a log of CI
        sys.exit(1)
    except SystemExit as end:
        # typer turns the interrupt into this exit code, without a word
        if end.code == INTERRUPTED:
            print("winback: stopped; what was loaded and built so far is kept", file=sys.stderr)
            if ended:
                sys.exit(TERMINATED)
        raise


if __name__ == "__main__":
    main()
